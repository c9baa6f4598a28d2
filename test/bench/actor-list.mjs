import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const title =
  'GET /api/V2/actors with 12,000 hosts: for how long the event loop is held (floor: what it may be held at most)';

/** Milliseconds for which nothing may stall the event loop. */
const LIMIT_MS = 50;

const program = fileURLToPath(new URL('./workloads/actor-list.mjs', import.meta.url));

/** The median of several rounds of one question each; the last row has the longest of all of them. */
export async function run() {
  const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 600_000 });
  const holds = Object.entries(JSON.parse(stdout));
  const row = (name, median_ms) => ({ name, median_ms, floor_ms: LIMIT_MS, ratio: median_ms / LIMIT_MS });
  return [
    ...holds.map(([name, { median }]) => row(name, median)),
    row('longest of all', Math.max(...holds.map(([, { longest }]) => longest))),
  ];
}
