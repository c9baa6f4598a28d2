import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const title = 'Ten thousand hosts in one server (embedded store, in-process broker)';

/** What a host's actor may take, in kB. */
const BUDGET_KB = 8;

const program = fileURLToPath(new URL('./workloads/hosts.mjs', import.meta.url));

/** Rows that are not milliseconds say so. */
export async function run() {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program], { timeout: 600_000 });
  const seen = JSON.parse(stdout);
  const row = (name, median_ms, floor_ms) => ({ name, median_ms, floor_ms, ratio: median_ms / floor_ms });
  return [
    row('a host actor that has reported, kB (floor: budget)', seen.actor_kb, BUDGET_KB),
    row('all of a host beside its stored row, kB', seen.host_kb, NaN),
    row('all actors started, ms', seen.start_ms, NaN),
    row('one report of each, stored, ms', seen.reports_ms, seen.reports_floor_ms),
    row('event-loop lag meanwhile, p99, ms', seen.lag_p99_ms, NaN),
    row('event-loop lag meanwhile, worst, ms', seen.lag_max_ms, NaN),
    row('event-loop lag with all idle, worst, ms', seen.idle_lag_max_ms, NaN),
  ];
}
