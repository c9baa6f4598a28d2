import { resultLine } from './report/result-line.js';
import { keepsBound } from './row.js';
import type { Run } from './run.js';

/** A line for each row that misses its bound, and for each bench that could not be measured. */
export function missedBounds(run: Run): readonly string[] {
  return run.benches.flatMap(({ name, rows, failed }) => [
    ...(failed === undefined ? [] : [`${name}: not measured, ${failed}`]),
    ...rows.filter((row) => keepsBound(row) === false).map((row) => `${name}: ${resultLine(row)}`),
  ]);
}
