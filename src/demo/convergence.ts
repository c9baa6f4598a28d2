import type { ServerContext } from '../actors/context.js';
import { newestSetHash } from '../actors/hosts/wanted-hashes.js';
import { stateOf } from '../host/host-state.js';
import { textOf } from '../model/text-of.js';
import type { Fleet } from '../sim/sim-fleet.js';

/** How far the fleet is. `converged`: hosts that reported, and really run, the five hashes that the server wants. */
export interface Convergence {
  readonly registered: number;
  readonly active: number;
  readonly converged: number;
  /** Hostkeys of hosts found with other rules than they were sent. */
  readonly drifted: readonly string[];
}

const FIELDS = ['hash4_ipsets', 'hash6_ipsets', 'hash4_iptables', 'hash6_iptables'] as const;

/** Compares what hosts reported, and what their agents have loaded at this moment, with what the server published. */
export const convergence = ({ world }: ServerContext, fleet: Fleet): Convergence => {
  const live = new Map(fleet.progress().map((agent) => [agent.hostkey, agent.hashes]));
  const setHash = newestSetHash(world.rows('ipset').values());
  let registered = 0;
  let active = 0;
  let converged = 0;
  const drifted: string[] = [];
  for (const host of world.rows('host').values()) {
    registered += 1;
    const state = stateOf(host);
    const hostkey = textOf(host.hostkey);
    if (state === 'active') active += 1;
    if (state === 'active_hashfail') drifted.push(hostkey);
    const group = world.groupByName(textOf(host.group));
    const now = live.get(hostkey);
    if (state !== 'active' || group === undefined || setHash === undefined || now === undefined) continue;
    const rules = FIELDS.every(
      (field) => group[field] !== '' && host[field] === group[field] && now[field] === group[field],
    );
    if (rules && host.ipset_hash === setHash && now.ipset_hash === setHash) converged += 1;
  }
  return { registered, active, converged, drifted };
};
