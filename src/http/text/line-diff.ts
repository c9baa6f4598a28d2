/** One line of a diff: kept (` `), only in the first text (`-`), only in the second (`+`). */
export interface DiffLine {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** The time and room that it takes grow with the square of the edits. */
const MAX_EDITS = 400;

/**
 * The shortest edit from `before` to `after`, line by line (Myers, "An O(ND) Difference Algorithm and Its Variations",
 * 1986, the greedy form). Texts that differ in more than `maxEdits` lines come out as all removed, all added: the result
 * is always a right diff, only not always the shortest.
 */
export function diffLines(
  before: readonly string[],
  after: readonly string[],
  maxEdits = MAX_EDITS,
): readonly DiffLine[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const kept = (text: string): DiffLine => ({ mark: ' ', text });
  const middle = diffMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end), maxEdits);
  return [...before.slice(0, start).map(kept), ...middle, ...before.slice(before.length - end).map(kept)];
}

function diffMiddle(before: readonly string[], after: readonly string[], maxEdits: number): readonly DiffLine[] {
  const trace = shortestEdit(before, after, maxEdits);
  if (!trace) {
    return [
      ...before.map((text): DiffLine => ({ mark: '-', text })),
      ...after.map((text): DiffLine => ({ mark: '+', text })),
    ];
  }
  return backtrack(before, after, trace);
}

type Furthest = ReadonlyMap<number, number>;

/** For each number of edits the furthest point reached on each diagonal. */
function shortestEdit(
  before: readonly string[],
  after: readonly string[],
  maxEdits: number,
): readonly Furthest[] | undefined {
  const trace: Furthest[] = [];
  let reached = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= Math.min(maxEdits, before.length + after.length); edits += 1) {
    trace.push(reached);
    const next = new Map(reached);
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = startOn(reached, diagonal, edits);
      let y = x - diagonal;
      while (x < before.length && y < after.length && before[x] === after[y]) [x, y] = [x + 1, y + 1];
      next.set(diagonal, x);
      if (x >= before.length && y >= after.length) return trace;
    }
    reached = next;
  }
  return undefined;
}

function startOn(reached: Furthest, diagonal: number, edits: number): number {
  const down = reached.get(diagonal + 1) ?? -1;
  const right = reached.get(diagonal - 1) ?? -1;
  return diagonal === -edits || (diagonal !== edits && right < down) ? down : right + 1;
}

function backtrack(
  before: readonly string[],
  after: readonly string[],
  trace: readonly Furthest[],
): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let [x, y] = [before.length, after.length];
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const reached = trace[edits] as Furthest;
    const diagonal = x - y;
    const down = reached.get(diagonal + 1) ?? -1;
    const right = reached.get(diagonal - 1) ?? -1;
    const isDown = diagonal === -edits || (diagonal !== edits && right < down);
    const fromX = isDown ? down : right;
    const fromY = fromX - (isDown ? diagonal + 1 : diagonal - 1);
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      [x, y] = [x - 1, y - 1];
      lines.push({ mark: ' ', text: before[x] as string });
    }
    if (edits === 0) break;
    lines.push(isDown ? { mark: '+', text: after[fromY] as string } : { mark: '-', text: before[fromX] as string });
    [x, y] = [fromX, fromY];
  }
  return lines.reverse();
}
