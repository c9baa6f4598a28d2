import type { Document, Json, JsonObject } from '../../model/document.js';
import { sharedEnds } from '../../model/shared-ends.js';
import { isList } from '../../model/validate.js';
import { keptListText } from '../../kept-texts/list-text.js';
import { markOwned } from '../../store/owned-json.js';

/** Shorter lists are compared as fast. */
const LONG = 100;
/** Elements that differ: lists with more are taken as they were sent. */
const MOST_DIFFERENT = 1000;

/**
 * The same list with the stored one's own texts at both ends; the stored list itself where nothing differs; the list that
 * was sent where much differs.
 */
function shared(sent: readonly Json[], stored: readonly Json[]): readonly Json[] {
  const { head, tail } = sharedEnds(stored, sent);
  if (head === sent.length && head === stored.length) return stored;
  // Read beside a list that was known, whose texts it has.
  if (keptListText(sent) !== undefined) return sent;
  // A spread of many elements overflows the stack.
  if (sent.length - head - tail > MOST_DIFFERENT) return sent;
  const list = stored.toSpliced(head, stored.length - head - tail, ...sent.slice(head, sent.length - tail));
  if (Object.isFrozen(sent)) markOwned(list);
  return list;
}

/**
 * What was sent for a stored document, with the stored lists and texts in the place of equal ones: all that compares the
 * two from here on does so at a glance, and memory holds each address once.
 */
export function shareLists(sent: JsonObject, stored: Document): JsonObject {
  const lists = Object.entries(sent).flatMap(([key, value]) => {
    const before = Object.hasOwn(stored, key) ? stored[key] : undefined;
    if (!isList(value) || value.length < LONG || !isList(before)) return [];
    return [[key, shared(value, before)] as const];
  });
  return lists.length === 0 ? sent : { ...sent, ...Object.fromEntries(lists) };
}
