import { newestSetHash } from '../actors/hosts/wanted-hashes.js';
import { stateOf } from '../host/host-state.js';
import { RULESET_HASH_FIELDS } from '../model/ruleset-variants.js';
import { textOf } from '../model/text-of.js';
import type { AgentProgress } from '../sim/sim-agent.js';
import type { Fleet } from '../sim/sim-fleet.js';
import type { World } from '../world/world.js';

/** How far the fleet is. `converged`: hosts that reported, and really run, the five hashes that the server wants. */
export interface Convergence {
  readonly registered: number;
  readonly active: number;
  readonly converged: number;
  /** Hostkeys of hosts found with other rules than they were sent. */
  readonly drifted: readonly string[];
  /** Hosts of the fleet that do not run what they should, and why not. */
  readonly behind: readonly { readonly hostkey: string; readonly why: string }[];
}

/** Compares what hosts reported, and what their agents have loaded at this moment, with what the server published. */
export function convergence({ world }: { readonly world: World }, fleet: Fleet): Convergence {
  const setHash = newestSetHash(world.rows('ipset').values());
  let registered = 0;
  let active = 0;
  const drifted: string[] = [];
  for (const host of world.rows('host').values()) {
    registered += 1;
    const state = stateOf(host);
    if (state === 'active') active += 1;
    if (state === 'active_hashfail') drifted.push(textOf(host.hostkey));
  }
  const progress = fleet.progress();
  const behind = progress.flatMap(({ hostkey, hashes }) => {
    const why = whyBehind(world, hostkey, hashes, setHash);
    return why === undefined ? [] : [{ hostkey, why }];
  });
  return { registered, active, converged: progress.length - behind.length, drifted, behind };
}

/** What keeps a host from running what the server wants, `undefined` if it does. */
function whyBehind(
  world: World,
  hostkey: string,
  now: AgentProgress['hashes'],
  setHash: string | undefined,
): string | undefined {
  const host = world.hostByKey(hostkey);
  if (host === undefined) return 'not registered';
  const state = stateOf(host);
  if (state !== 'active') return `its state is ${state}`;
  const group = world.groupByName(textOf(host.group));
  if (group === undefined) return `its group ${textOf(host.group)} does not exist`;
  if (setHash === undefined) return 'no sets are published';
  if (RULESET_HASH_FIELDS.some((field) => group[field] === ''))
    return `no ruleset of its group ${textOf(host.group)} is published`;
  const loaded = [
    ...RULESET_HASH_FIELDS.filter((field) => now[field] !== group[field]),
    ...(now.ipset_hash === setHash ? [] : ['ipset_hash']),
  ];
  if (loaded.length > 0) return `has not loaded what was published (${loaded.join('+')})`;
  // The agent of an unverified host cannot show its rules: what it reports of them says nothing.
  const shown = host.unverified === true ? [] : RULESET_HASH_FIELDS;
  const reported = [
    ...shown.filter((field) => host[field] !== group[field]),
    ...(host.ipset_hash === setHash ? [] : ['ipset_hash']),
  ];
  return reported.length > 0 ? `has not reported what it has loaded (${reported.join('+')})` : undefined;
}
