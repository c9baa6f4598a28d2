/** Elements of a list that are worked on between two pauses: some milliseconds. */
export const A_STEP = 4096;

/** A new list of what each element becomes, with pauses. */
export function* mapInSteps<From, To>(
  list: readonly From[],
  make: (element: From, at: number) => To,
): Generator<void, To[]> {
  const made: To[] = [];
  for (let at = 0; at < list.length; at += 1) {
    made.push(make(list[at] as From, at));
    if (at % A_STEP === A_STEP - 1) yield;
  }
  return made;
}

/** Elements that are sorted, and numbers that are merged, between two pauses: a few milliseconds at most. */
const SORTED_A_STEP = 4 * A_STEP;

/** Numbers in rising order, as a new list, with pauses: runs are sorted, then merged two by two. */
export function* sortNumbersInSteps(list: readonly number[]): Generator<void, number[]> {
  let from = new Float64Array(list);
  let to = new Float64Array(list.length);
  for (let at = 0; at < list.length; at += SORTED_A_STEP) {
    from.subarray(at, at + SORTED_A_STEP).sort();
    if (list.length > SORTED_A_STEP) yield;
  }
  for (let run = SORTED_A_STEP; run < list.length; run *= 2) {
    for (let at = 0; at < list.length; at += 2 * run)
      yield* mergeNumbers(from.subarray(at, at + run), from.subarray(at + run, at + 2 * run), to.subarray(at));
    [from, to] = [to, from];
  }
  return Array.from(from);
}

/** The same loop as {@link mergeTexts}: one for both, which meets numbers and texts, takes several times as long. */
function* mergeNumbers(one: Float64Array, other: Float64Array, merged: Float64Array): Generator<void, void> {
  let [i, j] = [0, 0];
  for (let at = 0, end = one.length + other.length; at < end; at += 1) {
    const takesOther = i === one.length || (j < other.length && (other[j] as number) < (one[i] as number));
    merged[at] = (takesOther ? other[j++] : one[i++]) as number;
    if (at % SORTED_A_STEP === SORTED_A_STEP - 1) yield;
  }
}

/** Texts in the order of their UTF-16 units, as a new list, with pauses: runs are sorted, then merged two by two. */
export function* sortTextsInSteps(list: readonly string[]): Generator<void, string[]> {
  let runs: string[][] = [];
  for (let at = 0; at < list.length; at += SORTED_A_STEP) {
    runs.push(list.slice(at, at + SORTED_A_STEP).sort());
    if (list.length > A_STEP) yield;
  }
  while (runs.length > 1) {
    const merged: string[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const [one, other] = [runs[at] as string[], runs[at + 1]];
      merged.push(other === undefined ? one : yield* mergeTexts(one, other));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

function* mergeTexts(one: readonly string[], other: readonly string[]): Generator<void, string[]> {
  const merged: string[] = [];
  let [i, j] = [0, 0];
  for (let at = 0, end = one.length + other.length; at < end; at += 1) {
    const takesOther = i === one.length || (j < other.length && (other[j] as string) < (one[i] as string));
    merged.push((takesOther ? other[j++] : one[i++]) as string);
    if (at % A_STEP === A_STEP - 1) yield;
  }
  return merged;
}

/** What `list.join(between)` gives, with pauses. */
export function* joinInSteps(list: readonly string[], between: string): Generator<void, string> {
  if (list.length <= A_STEP) return list.join(between);
  const parts: string[] = [];
  for (let at = 0; at < list.length; at += A_STEP) {
    parts.push(list.slice(at, at + A_STEP).join(between));
    yield;
  }
  return parts.join(between);
}
