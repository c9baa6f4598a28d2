import type { Document, Json, JsonObject } from '../../model/document.js';
import { sharedEnds } from '../../model/shared-ends.js';
import { isList } from '../../model/validate.js';
import { markOwned, ownedObject, parseOwned } from '../owned-json.js';
import { sameJson } from '../../model/same-json.js';

/** The list before: of the one after it, the first `head` elements, `items`, and the last `tail`. */
type ListUndo = readonly [key: string, head: number, tail: number, items: readonly Json[]];

/**
 * How to get from a document back to the one before it: `set` puts old values of keys back, `unset` takes
 * added keys out, `lists` does so with long lists most of which stayed, `parts` with objects that hold such lists. The
 * change table keeps this instead of two whole documents: an address more leaves 60,000; a rule more leaves all the others.
 */
export interface UndoPatch {
  readonly set: readonly (readonly [key: string, value: Json])[];
  readonly unset: readonly string[];
  readonly lists?: readonly ListUndo[];
  readonly parts?: readonly (readonly [key: string, patch: UndoPatch])[];
}

/** Shorter lists are kept whole: of strings and numbers, and of objects (rules, mostly), which are longer each. */
const [LONG, LONG_OF_OBJECTS] = [100, 4];

function isLong(list: readonly Json[]): boolean {
  return list.length >= (typeof list[0] === 'object' ? LONG_OF_OBJECTS : LONG);
}

function listUndo(key: string, before: Json, after: Json | undefined): ListUndo | undefined {
  if (!isList(before) || !isList(after) || !isLong(before)) return undefined;
  const { head, tail } = sharedEnds(before, after, sameJson);
  return head + tail < before.length / 2 ? undefined : [key, head, tail, before.slice(head, before.length - tail)];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** Of an object that holds long lists most of which stayed; others are kept whole. */
function partUndo(before: Json, after: Json | undefined): UndoPatch | undefined {
  if (!isObject(before) || !isObject(after)) return undefined;
  const patch = undoPatch(before, after);
  return patch.lists === undefined && patch.parts === undefined ? undefined : patch;
}

/** The patch that leads from `after` back to `before`. */
export function undoPatch(before: JsonObject, after: JsonObject): UndoPatch {
  const set: [string, Json][] = [];
  const lists: ListUndo[] = [];
  const parts: [string, UndoPatch][] = [];
  for (const [key, value] of Object.entries(before)) {
    const now = Object.hasOwn(after, key) ? after[key] : undefined;
    if (now !== undefined && sameJson(value, now)) continue;
    const list = listUndo(key, value, now);
    const part = partUndo(value, now);
    if (list !== undefined) lists.push(list);
    else if (part !== undefined) parts.push([key, part]);
    else set.push([key, value]);
  }
  const unset = Object.keys(after).filter((key) => !Object.hasOwn(before, key));
  return { set, unset, ...(lists.length === 0 ? {} : { lists }), ...(parts.length === 0 ? {} : { parts }) };
}

function listBefore(after: JsonObject, [key, head, tail, items]: ListUndo): readonly [string, Json] {
  const list = after[key];
  if (!isList(list)) throw new TypeError(`${key} is no list, so that it cannot be led back to the one before`);
  const before = [...list.slice(0, head), ...items, ...list.slice(list.length - tail)];
  markOwned(before);
  return [key, before];
}

function partBefore(after: JsonObject, key: string, patch: UndoPatch): readonly [string, Json] {
  const part = after[key];
  if (!isObject(part)) throw new TypeError(`${key} is no object, so that it cannot be led back to the one before`);
  return [key, objectBefore(part, patch)];
}

function objectBefore(after: JsonObject, { set, unset, lists = [], parts = [] }: UndoPatch): JsonObject {
  const gone = new Set(unset);
  const kept = Object.entries(after).filter(([key]) => !gone.has(key));
  return ownedObject([
    ...kept,
    ...set,
    ...lists.map((list) => listBefore(after, list)),
    ...parts.map(([key, patch]) => partBefore(after, key, patch)),
  ]);
}

/** The document before `after`. The order of its keys, and of keys in it, may differ from the original's. */
export function undo(after: Document, patch: UndoPatch): Document {
  return objectBefore(after, patch) as Document;
}

/** Reads a patch from the change table. */
export function parseUndoPatch(text: string): UndoPatch {
  return parseOwned(text) as unknown as UndoPatch;
}
