import type { Json } from '../../model/document.js';

/** Characters of a list that is read apart, and about as many as are read between two pauses. */
const [LONG, A_STEP] = [256, 128 * 1024];

/** Ends of lists that are looked at between two pauses. */
const ENDS_A_STEP = 2000;

/** Lists that begin with a number: they could be taken for the stand-ins. */
const NUMBER_FIRST = /\[\s*-?[0-9]/;

/** A JSON value whose long lists were read apart. */
export interface ApartLists {
  /** The value, with `[n]` in place of the nth list. */
  readonly root: Json;
  /** The list that one in `root` stands for, or that very one. */
  readonly listOf: (list: readonly Json[]) => readonly Json[];
}

/** A list in the text, between its brackets. */
interface Place {
  readonly from: number;
  readonly to: number;
}

/**
 * Reads JSON that is little else than lists of texts, with pauses: the lists in pieces of whole elements, then what stands
 * around them. Gives what `JSON.parse` gives; undefined: the text is otherwise, or no JSON, and is to be read as a whole.
 */
export function* readLongLists(text: string): Generator<void, ApartLists | undefined> {
  const places = yield* longLists(text);
  const lists: Json[][] = [];
  for (const place of places) {
    const list = yield* elementsOf(text, place);
    if (list === undefined) return undefined;
    lists.push(list);
  }
  const rest = [0, ...places.map(({ to }) => to)].map((from, n) => text.slice(from, places[n]?.from ?? text.length));
  if (rest.some((piece) => NUMBER_FIRST.test(piece))) return undefined;
  yield;
  const root = parsed(rest.map((piece, n) => (n < lists.length ? piece + String(n) : piece)).join(''));
  if (root === undefined) return undefined;
  const listOf = (list: readonly Json[]): readonly Json[] => {
    const [first] = list;
    return typeof first === 'number' ? (lists[first] as Json[]) : list;
  };
  return { root, listOf };
}

/** From each bracket that closes back to the one that opens before it, unless that stands before the former one. */
function* longLists(text: string): Generator<void, readonly Place[]> {
  const places: Place[] = [];
  let [before, looked] = [0, 0];
  for (let to = text.indexOf(']'); to >= 0; to = text.indexOf(']', before)) {
    const from = before + text.slice(before, to).lastIndexOf('[') + 1;
    if (from > before && to - from >= LONG) places.push({ from, to });
    before = to + 1;
    looked += 1;
    if (looked % ENDS_A_STEP === 0) yield;
  }
  return places;
}

/**
 * The elements of a list. It is cut where a text ends, a comma stands, and a text begins: pieces that are elements each are the
 * list together, and where the cut is inside of a text, a piece is no JSON.
 */
function* elementsOf(text: string, { from, to }: Place): Generator<void, Json[] | undefined> {
  const list: Json[] = [];
  for (let at = from; at < to;) {
    const cut = at + A_STEP < to ? text.indexOf('","', at + A_STEP) : -1;
    const end = cut < 0 || cut > to ? to : cut + 1;
    const piece = parsed(`[${text.slice(at, end)}]`);
    if (!Array.isArray(piece) || piece.length === 0) return undefined;
    for (const element of piece as Json[]) list.push(element);
    at = end + 1;
    if (end - from >= A_STEP) yield;
  }
  return list;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
