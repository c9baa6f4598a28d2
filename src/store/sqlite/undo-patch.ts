import type { Document, Json } from '../../model/document.js';
import { sharedEnds } from '../../model/shared-ends.js';
import { isList } from '../../model/validate.js';
import { markOwned, ownedObject, parseOwned } from '../owned-json.js';
import { sameJson } from '../../model/same-json.js';

/** The list before: of the one after it, the first `head` elements, `items`, and the last `tail`. */
type ListUndo = readonly [key: string, head: number, tail: number, items: readonly Json[]];

/**
 * How to get from a document back to the one before it: `set` puts old values of top-level keys back, `unset` takes
 * added keys out, `lists` does so with long lists most of which stayed. The change table keeps this instead of two whole
 * documents: a keepalive touches three fields of sixty, and there are hundreds per second; an address more leaves 60,000.
 */
export interface UndoPatch {
  readonly set: readonly (readonly [key: string, value: Json])[];
  readonly unset: readonly string[];
  readonly lists?: readonly ListUndo[];
}

/** Shorter lists are kept whole. */
const LONG = 100;

function listUndo(key: string, before: Json, after: Json | undefined): ListUndo | undefined {
  if (!isList(before) || !isList(after) || before.length < LONG) return undefined;
  const { head, tail } = sharedEnds(before, after);
  return head + tail < before.length / 2 ? undefined : [key, head, tail, before.slice(head, before.length - tail)];
}

/** The patch that leads from `after` back to `before`. */
export function undoPatch(before: Document, after: Document): UndoPatch {
  const set: [string, Json][] = [];
  const lists: ListUndo[] = [];
  for (const [key, value] of Object.entries(before)) {
    const now = Object.hasOwn(after, key) ? after[key] : undefined;
    if (now !== undefined && sameJson(value, now)) continue;
    const list = listUndo(key, value, now);
    if (list === undefined) set.push([key, value]);
    else lists.push(list);
  }
  const unset = Object.keys(after).filter((key) => !Object.hasOwn(before, key));
  return { set, unset, ...(lists.length === 0 ? {} : { lists }) };
}

function listBefore(after: Document, [key, head, tail, items]: ListUndo): readonly [string, Json] {
  const list = after[key];
  if (!isList(list)) throw new TypeError(`${key} is no list, so that it cannot be led back to the one before`);
  const before = [...list.slice(0, head), ...items, ...list.slice(list.length - tail)];
  markOwned(before);
  return [key, before];
}

/** The document before `after`. The order of its keys may differ from the original's. */
export function undo(after: Document, { set, unset, lists = [] }: UndoPatch): Document {
  const gone = new Set(unset);
  const kept = Object.entries(after).filter(([key]) => !gone.has(key));
  return ownedObject([...kept, ...set, ...lists.map((list) => listBefore(after, list))]) as Document;
}

/** Reads a patch from the change table. */
export function parseUndoPatch(text: string): UndoPatch {
  return parseOwned(text) as unknown as UndoPatch;
}
