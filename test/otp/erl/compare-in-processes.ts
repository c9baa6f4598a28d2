import { runTypescript } from '../../support/typescript-child.js';
import type { Disagreement } from './agreement.js';

const PROGRAM = new URL('../programs/compare-with-erl.ts', import.meta.url);

/** What `processes` processes found, each with its own range of the `count` seeds from `seed` on. */
export interface Comparison {
  readonly agreed: number;
  readonly differences: readonly Disagreement[];
}

export async function compareInProcesses(seed: number, count: number, processes: number): Promise<Comparison> {
  const share = Math.ceil(count / processes);
  const starts = Array.from({ length: processes }, (_none, at) => at * share).filter((from) => from < count);
  const results = await Promise.all(
    starts.map(async (from): Promise<{ readonly agreed: number } | Disagreement> => {
      const range = [seed + from, Math.min(share, count - from)].map(String);
      const { ended, lines } = runTypescript(PROGRAM, range);
      const { code, signal } = await ended;
      const last = lines.at(-1);
      if (code !== 0 || last === undefined)
        throw new Error(`the process for seed and count ${range.join(' ')} ended with ${signal ?? code}`);
      return JSON.parse(last) as { readonly agreed: number } | Disagreement;
    }),
  );
  return {
    agreed: results.reduce((sum, result) => sum + ('agreed' in result ? result.agreed : 0), 0),
    differences: results.filter((result) => 'history' in result),
  };
}
