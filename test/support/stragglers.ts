import { newestSetHash } from '../../src/actors/hosts/wanted-hashes.js';
import type { FlatState } from '../../src/server/state/server-state.js';
import { textOf } from '../../src/model/text-of.js';
import type { JsonObject } from '../../src/model/document.js';
import type { Fleet } from '../../src/sim/sim-fleet.js';

const FIELDS = ['hash4_ipsets', 'hash6_ipsets', 'hash4_iptables', 'hash6_iptables'] as const;
/** Enough to see what they have in common. */
const MOST = 6;

/** Hosts that do not run, or did not report, what the server wants, and what each side says of them: for a test that gives up. */
export function stragglers(context: FlatState, fleet: Fleet): string {
  const { world, drift, outbox } = context;
  const newest = newestSetHash(world.rows('ipset').values());
  const found: JsonObject[] = [];
  for (const agent of fleet.progress()) {
    const row = [...world.rows('host').values()].find((host) => host.hostkey === agent.hostkey);
    const group = world.groupByName(textOf(row?.group));
    const differs = (has: (field: string) => unknown): string[] => [
      ...FIELDS.filter((field) => has(field) !== group?.[field]),
      ...(has('ipset_hash') === newest ? [] : ['ipset_hash']),
    ];
    const runs = differs((field) => agent.hashes[field as 'ipset_hash']);
    const said = row?.unverified === true ? [] : differs((field) => row?.[field]);
    if (runs.length === 0 && said.length === 0 && row?.active === 'active') continue;
    found.push({
      hostkey: agent.hostkey,
      active: row?.active ?? null,
      hashpass: row?.hashpass ?? null,
      keepalive_timestamp: row?.keepalive_timestamp ?? null,
      runs_other: runs,
      reported_other: said,
      running: agent.running,
      reports_sent: agent.reportsSent,
      last_error: agent.lastError ?? null,
      drift: (drift.get(agent.hostkey) ?? null) as unknown as JsonObject | null,
    });
  }
  return JSON.stringify({
    now: Math.floor(Date.now() / 1000),
    newest,
    count: found.length,
    first: found.slice(0, MOST),
    outbox: outbox.snapshot(),
  });
}
