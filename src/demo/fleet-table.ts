import { stateOf } from '../host/host-state.js';
import type { SimAgent } from '../sim/sim-agent.js';
import type { World } from '../world/world.js';
import type { Convergence } from './convergence.js';

/** Most hosts that are listed; the others are counted. */
const MOST_LISTED = 12;

/** Hosts with their state, what they have loaded, and whether that is what was published. */
export function fleetTable(
  agents: readonly SimAgent[],
  { world }: { readonly world: World },
  { behind }: Pick<Convergence, 'behind'>,
): string {
  const why = new Map(behind.map((one) => [one.hostkey, one.why]));
  const rows = agents.slice(0, MOST_LISTED).map((agent) => {
    const { hostkey, name, group } = agent.progress();
    const host = world.hostByKey(hostkey);
    const rules = agent.kernel.filter('inet').rules.length + agent.kernel.filter('inet6').rules.length;
    return [
      name,
      group,
      host === undefined ? '-' : stateOf(host),
      String(rules),
      String(agent.kernel.sets.size),
      why.has(hostkey) ? (why.get(hostkey) ?? '') : 'what was published',
    ];
  });
  const more = agents.length > MOST_LISTED ? `and ${agents.length - MOST_LISTED} more\n` : '';
  return aligned([['host', 'group', 'state', 'rules', 'sets', 'runs'], ...rows]) + more;
}

/** What a host should have loaded against what it has: lines that are too many (`+`) or missing (`-`), each in its place. */
export function rulesDifference(expected: readonly string[], actual: readonly string[]): string {
  const wanted = new Set(expected);
  const loaded = new Set(actual);
  const lines = [
    ...actual.map((line) => (wanted.has(line) ? `  ${line}` : `+ ${line}`)),
    ...expected.filter((line) => !loaded.has(line)).map((line) => `- ${line}`),
  ];
  const changed = lines.flatMap((line, index) => (line.startsWith(' ') ? [] : [index]));
  const [from, to] = [Math.min(...changed) - 2, Math.max(...changed) + 3];
  return ['--- expected', '+++ actual', ...lines.slice(Math.max(0, from), to)].map((line) => `${line}\n`).join('');
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
