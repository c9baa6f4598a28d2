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

/** The elements in the order of `isBefore`, with pauses: runs sorted by `sortRun`, then merged two by two. */
function* sortedInSteps<Element>(
  list: readonly Element[],
  sortRun: (run: Element[]) => Element[],
  isBefore: (a: Element, b: Element) => boolean,
): Generator<void, Element[]> {
  let runs: Element[][] = [];
  for (let at = 0; at < list.length; at += A_STEP) {
    runs.push(sortRun(list.slice(at, at + A_STEP)));
    if (list.length > A_STEP) yield;
  }
  while (runs.length > 1) {
    const merged: Element[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const [one, other] = [runs[at] as Element[], runs[at + 1]];
      merged.push(other === undefined ? one : yield* mergedInSteps(one, other, isBefore));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

function* mergedInSteps<Element>(
  one: readonly Element[],
  other: readonly Element[],
  isBefore: (a: Element, b: Element) => boolean,
): Generator<void, Element[]> {
  const merged: Element[] = [];
  let [i, j] = [0, 0];
  while (i < one.length || j < other.length) {
    const fromOther = i >= one.length || (j < other.length && isBefore(other[j] as Element, one[i] as Element));
    merged.push((fromOther ? other[j] : one[i]) as Element);
    if (fromOther) j += 1;
    else i += 1;
    if (merged.length % A_STEP === 0) yield;
  }
  return merged;
}

/** Numbers in rising order, as a new list, with pauses. */
export function sortNumbersInSteps(list: readonly number[]): Generator<void, number[]> {
  return sortedInSteps(
    list,
    (run) => [...Float64Array.from(run).sort()],
    (a, b) => a < b,
  );
}

/** Texts in the order of their UTF-16 units, as a new list, with pauses. */
export function sortTextsInSteps(list: readonly string[]): Generator<void, string[]> {
  return sortedInSteps(
    list,
    (run) => run.sort(),
    (a, b) => a < b,
  );
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
