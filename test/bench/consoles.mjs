import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { scaled } from './scaled.mjs';

export const title = 'Ten consoles beside a thousand agents (embedded store, in-process broker)';

const program = fileURLToPath(new URL('./workloads/consoles.mjs', import.meta.url));

/** The floor is the same without a console: windows with and without them by turns, in one run. */
export async function run() {
  const { stdout } = await promisify(execFile)(process.execPath, [program, String(scaled(1000))], { timeout: 600_000 });
  const seen = JSON.parse(stdout);
  const row = (name, median_ms, floor_ms) => ({ name, median_ms, floor_ms, ratio: median_ms / floor_ms });
  return [
    row(`event loop, p99, ${seen.consoles} consoles open, ms`, seen.with_p99_ms, seen.without_p99_ms),
    row('event loop, worst, ms', seen.with_max_ms, seen.without_max_ms),
    row('answers to the consoles in all', seen.answers, NaN),
    row('events told to the consoles in all', seen.events, NaN),
  ];
}
