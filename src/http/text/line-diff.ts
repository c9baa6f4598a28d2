import { diffArrays } from 'diff';

/** One line of a diff: kept (` `), only in the first text (`-`), only in the second (`+`). */
export interface DiffLine {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

interface Change {
  readonly added?: boolean;
  readonly removed?: boolean;
  readonly value: readonly string[];
}

/** Time and memory grow with the square of the edits. */
const MAX_EDITS = 400;

/**
 * The shortest edit from `before` to `after`, line by line. Texts that differ in more than `maxEdits` lines come out as
 * all removed, all added, between their common beginning and end: the result is always a correct diff, but not always
 * the shortest.
 */
export function diffLines(
  before: readonly string[],
  after: readonly string[],
  maxEdits = MAX_EDITS,
): readonly DiffLine[] {
  const changes: readonly Change[] =
    diffArrays([...before], [...after], { maxEditLength: maxEdits }) ?? replaced(before, after);
  return changes.flatMap(({ added, removed, value }) => {
    const mark = added === true ? '+' : removed === true ? '-' : ' ';
    return value.map((text): DiffLine => ({ mark, text }));
  });
}

function replaced(before: readonly string[], after: readonly string[]): readonly Change[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return [
    { value: before.slice(0, start) },
    { removed: true, value: before.slice(start, before.length - end) },
    { added: true, value: after.slice(start, after.length - end) },
    { value: before.slice(before.length - end) },
  ];
}
