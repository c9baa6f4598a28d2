import { isAscii } from 'node:buffer';
import type { Json, JsonObject } from '../../model/document.js';
import { sharedEnds } from '../../model/shared-ends.js';
import { isTextList } from '../../model/text-list.js';
import { isObject } from '../../model/validate.js';
import type { JsonBounds } from './json-bounds.js';
import { keptListText, listText, type ListText } from '../../kept-texts/list-text.js';
import { readPlainJson } from './read-plain-json.js';
import { tellContainers } from './tell-containers.js';

/** Bytes of what is not known, of each list and of all beside the lists: more are read as any other body is. */
const MOST_NEW = 64 * 1024;

const [COMMA, CLOSE] = [','.charCodeAt(0), ']'.charCodeAt(0)];

/** Where a list of a body stands, between its brackets, and what of it is known. */
interface FoundList {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly list: readonly string[];
  readonly before: ListText;
}

/**
 * Reads a body that says nearly the same as a document that is known, such as a zone with an address more: of long lists
 * whose text is kept, only the blocks that differ are read, the others are compared byte by byte, and have the known
 * list's own texts. Gives what reading the whole would give; undefined: it is otherwise, and is to be read as a whole. `made` is told
 * of every object and list, inner ones first.
 */
export function* readNearJson(
  bytes: Buffer,
  known: JsonObject,
  bounds: JsonBounds,
  made: (container: object) => void,
): Generator<void, Json | undefined> {
  const lists = listsIn(bytes, known);
  if (lists === undefined || lists.length === 0) return undefined;
  const elements = lists.reduce((sum, { list }) => sum + list.length, 0);
  // Over a bound, the reader of the whole says over which.
  if (bytes.length > bounds.characters || elements >= bounds.values || bounds.depth < 2) return undefined;
  const root = readRest(bytes, lists, { ...bounds, values: bounds.values - elements });
  if (root === undefined) return undefined;
  for (const { key, list, before } of lists) {
    root[key] = list;
    made(list);
    yield* listText(list, before);
  }
  tellContainers(root, made);
  return root;
}

/** The lists of the body that stand for those of the document, in the order of the body. Undefined: it is not so near. */
function listsIn(bytes: Buffer, known: JsonObject): readonly FoundList[] | undefined {
  const lists: FoundList[] = [];
  for (const [key, value] of Object.entries(known)) {
    const before = Array.isArray(value) ? keptListText(value as readonly Json[]) : undefined;
    if (before === undefined) continue;
    const begin = `${JSON.stringify(key)}:[`;
    const at = bytes.indexOf(begin);
    if (at < 0) continue;
    const found = listAt(bytes, at + Buffer.byteLength(begin), key, before);
    if (found === undefined) return undefined;
    lists.push(found);
  }
  lists.sort((one, other) => one.from - other.from);
  return lists.some(({ from }, n) => from < (lists[n - 1]?.to ?? 0)) ? undefined : lists;
}

/** How many bytes blocks have that stand there one after the other, and how many blocks those are. */
interface Same {
  readonly blocks: number;
  readonly bytes: number;
  readonly elements: number;
}

function sameFrom(bytes: Buffer, from: number, { blocks }: ListText): Same {
  let [at, elements, n] = [from, 0, 0];
  for (let block = blocks[0]; block !== undefined; block = blocks[n]) {
    // No comma stands before the first element.
    const skip = n === 0 ? 1 : 0;
    const end = at + block.bytes.length - skip;
    if (end > bytes.length || bytes.compare(block.bytes, skip, block.bytes.length, at, end) !== 0) break;
    [at, elements, n] = [end, elements + block.size, n + 1];
  }
  return { blocks: n, bytes: at - from, elements };
}

/** The same from the end on; the first `but` blocks are left out, and bytes before `from`. */
function sameUntil(bytes: Buffer, from: number, to: number, { blocks }: ListText, but: number): Same {
  let [at, elements, n] = [to, 0, 0];
  for (let left = blocks.length - 1; left >= but; left -= 1) {
    const block = blocks[left];
    const begin = at - (block?.bytes.length ?? 0);
    if (block === undefined || begin < from || bytes.compare(block.bytes, 0, undefined, begin, at) !== 0) break;
    [at, elements, n] = [begin, elements + block.size, n + 1];
  }
  return { blocks: n, bytes: to - at, elements };
}

/**
 * The list that begins there. Blocks are whole elements, so that known ones at both ends and elements between them are a
 * JSON list, which therefore ends where it seems to.
 */
function listAt(bytes: Buffer, from: number, key: string, before: ListText): FoundList | undefined {
  const head = sameFrom(bytes, from, before);
  const middle = from + head.bytes;
  const to = bytes.indexOf(CLOSE, middle);
  if (to < 0) return undefined;
  const tail = sameUntil(bytes, middle, to, before, head.blocks);
  const texts = textsBetween(bytes.subarray(middle, to - tail.bytes), head.blocks > 0, tail.blocks > 0);
  return texts && { key, from, to, before, list: spliced(before.list, head.elements, tail.elements, texts) };
}

/** The elements of some bytes between others. Undefined: there is something else than texts and the commas between them, or too much. */
function textsBetween(bytes: Buffer, isBehind: boolean, isBefore: boolean): readonly string[] | undefined {
  if (bytes.length === 0) return isBefore && !isBehind ? undefined : [];
  if (bytes.length > MOST_NEW || !isAscii(bytes)) return undefined;
  if (isBehind && bytes[0] !== COMMA) return undefined;
  const texts = parsed(`[${bytes.toString('latin1', isBehind ? 1 : 0)}]`);
  return Array.isArray(texts) && texts.length > 0 && isTextList(texts) ? texts : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The list with other texts between its ends; of those that stay, its own. */
function spliced(list: readonly string[], head: number, tail: number, texts: readonly string[]): readonly string[] {
  const ends = sharedEnds(list.slice(head, list.length - tail), texts);
  const from = head + ends.head;
  const gone = list.length - tail - ends.tail - from;
  const come = texts.slice(ends.head, texts.length - ends.tail);
  return gone === 0 && come.length === 0 ? list : list.toSpliced(from, gone, ...come);
}

/** What stands beside the lists, with empty ones in their places. Undefined: it is no plain JSON, or the lists are not its own members. */
function readRest(bytes: Buffer, lists: readonly FoundList[], bounds: JsonBounds): Record<string, Json> | undefined {
  const ends = [0, ...lists.map(({ to }) => to)];
  const parts = ends.map((from, n) => bytes.subarray(from, lists[n]?.from ?? bytes.length));
  if (parts.reduce((sum, { length }) => sum + length, 0) > MOST_NEW || !parts.every((part) => isAscii(part)))
    return undefined;
  const text = parts.map((part) => part.toString('latin1')).join('');
  const root = plain(text, bounds);
  if (root === undefined || !isObject(root)) return undefined;
  const isMember = ({ key }: FoundList): boolean =>
    Object.hasOwn(root, key) && Array.isArray(root[key]) && text.split(JSON.stringify(key)).length === 2;
  return lists.every(isMember) ? root : undefined;
}

function plain(text: string, bounds: JsonBounds): Json | undefined {
  try {
    return readPlainJson(text, bounds, () => undefined);
  } catch {
    // Over a bound: the reader of the whole says so.
    return undefined;
  }
}
