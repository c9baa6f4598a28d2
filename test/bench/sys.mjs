import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const { BENCH_BEFORE } = process.env;

export const title =
  'Looking into actors (floor: the same with nothing switched on)' +
  (BENCH_BEFORE === undefined ? '' : `; "before": nothing switched on, floor ${BENCH_BEFORE}`);

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const WORKLOADS = ['flood', 'ping_pong', 'call', 'calls_100'];
const LOOKS = ['statistics', 'events', 'trace'];

const program = fileURLToPath(new URL('./workloads/actors.mjs', import.meta.url));
const measure = async (workload, side, otp) => {
  const env = otp === undefined ? process.env : { ...process.env, BENCH_OTP: otp };
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program, workload, side], { env });
  return Number(stdout);
};

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];

/**
 * Medians in milliseconds of interleaved rounds, each in a fresh process. BENCH_BEFORE names another build's
 * dist/otp/index.js: what looking costs when it is switched off is the difference to a library that has none of it.
 */
export async function run() {
  const rows = [];
  for (const workload of WORKLOADS) {
    const sides = ['ours', ...(BENCH_BEFORE === undefined ? LOOKS : ['before'])];
    const times = Object.fromEntries(sides.map((side) => [side, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      // Each second round the other way round, so that neither side always has the warmer machine.
      for (const side of round % 2 === 0 ? sides : sides.toReversed())
        times[side].push(await (side === 'before' ? measure(workload, 'ours', BENCH_BEFORE) : measure(workload, side)));
    }
    const medians = Object.fromEntries(sides.map((side) => [side, median(times[side])]));
    const row = (name, median_ms, floor_ms) => rows.push({ name, median_ms, floor_ms, ratio: median_ms / floor_ms });
    if (BENCH_BEFORE !== undefined) row(`${workload}: before`, medians.ours, medians.before);
    else for (const look of LOOKS) row(`${workload}: ${look}`, medians[look], medians.ours);
  }
  return rows;
}
