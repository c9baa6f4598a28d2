import type { ErlangJudge } from './erlang-judge.js';
import type { History } from './history.js';
import { normalOrder } from './normal-order.js';
import { randomHistory } from './random-history.js';
import { runHere, type Library } from './run-here.js';
import { shrink } from './shrink.js';

/** Histories per round: what is held in memory. */
export const ROUND = 2000;

/** A history in which the two differ, and what each saw. */
export interface Disagreement {
  readonly history: History;
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
  /** True: as small as it could be made. False: they agreed when asked again, and this is what was seen first. */
  readonly repeats: boolean;
}

/** The histories of `count` seeds, from `seed` on. */
export function histories(seed: number, count: number): readonly History[] {
  return Array.from({ length: count }, (_none, at) => randomHistory(seed + at));
}

async function seenHere(library: Library, history: History): Promise<string> {
  try {
    return normalOrder(await runHere(library, history), history);
  } catch (error) {
    return `failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}

/** The first history in which the two differ, as it was seen; undefined: there is none. */
export async function firstDifference(
  library: Library,
  given: readonly History[],
  theirs: readonly string[],
): Promise<Disagreement | undefined> {
  for (const [at, history] of given.entries()) {
    const [here, there] = [await seenHere(library, history), normalOrder(theirs[at] ?? '', history)];
    if (here !== there) return { history, ours: here.split(' | '), theirs: there.split(' | '), repeats: false };
  }
  return undefined;
}

/** Runs the histories of `count` seeds on both sides; `progress` hears how many agreed so far. */
export async function compare(
  library: Library,
  judge: ErlangJudge,
  seed: number,
  count: number,
  progress: (agreed: number) => void,
): Promise<Disagreement | undefined> {
  for (let from = 0; from < count; from += ROUND) {
    const given = histories(seed + from, Math.min(ROUND, count - from));
    const first = await firstDifference(library, given, await judge.judge(given));
    if (first !== undefined) return smallest(library, judge, first);
    progress(from + given.length);
  }
  return undefined;
}

async function smallest(library: Library, judge: ErlangJudge, first: Disagreement): Promise<Disagreement> {
  let found = first;
  const differs = async (each: History): Promise<boolean> => {
    const seen = await firstDifference(library, [each], await judge.judge([each]));
    if (seen !== undefined) found = { ...seen, repeats: true };
    return seen !== undefined;
  };
  if (await differs(first.history)) await shrink(first.history, differs);
  return found;
}
