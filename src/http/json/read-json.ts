import type { Json } from '../../model/document.js';
import { isTextList } from '../../model/text-list.js';
import { isList } from '../../model/validate.js';
import { MAY_BE_ALTERED } from './exact-number.js';
import { type JsonBounds, WIDE_BOUNDS } from './json-bounds.js';
import { readLenientJson } from './lenient-json.js';
import { JsonTooLargeError } from './json-too-large-error.js';
import { JsonSyntaxError } from './json-syntax-error.js';

/**
 * Reads JSON of moderate size at once. Strict JSON, the usual case, takes the engine's own parser; everything else is
 * read leniently. Both give the same for the same text. Throws `JsonSyntaxError` and `JsonTooLargeError`.
 */
export function readJson(text: string, bounds: JsonBounds = WIDE_BOUNDS): Json {
  // These may need the lenient reader: keys that could be `__proto__`, in any spelling, and long numbers.
  if (text.includes('__proto__') || text.includes('\\u') || MAY_BE_ALTERED.test(text)) {
    return readLenientJson(text, bounds);
  }
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    // Not strict JSON: the lenient reader either takes it or says where it is wrong.
    return readLenientJson(text, bounds);
  }
  // Strings and keys are never longer than the text that holds them.
  if (text.length > bounds.characters) return readLenientJson(text, bounds);
  checkBounds(value, text, bounds);
  return value;
}

/** The elements of a list (the list itself: it may be long), the values of an object. */
export function partsOf(container: Json & object): readonly Json[] {
  return isList(container) ? container : Object.values(container);
}

/** Refuses what `JSON.parse` lets through and the lenient reader doesn't. @throws JsonTooLargeError, JsonSyntaxError */
export function checkBounds(root: Json, text: string, bounds: JsonBounds): void {
  let level: readonly Json[] = [root];
  // Texts of the level that are only counted, as there is nothing in them.
  let texts = 0;
  let values = 0;
  for (let depth = 0; level.length + texts > 0; depth += 1) {
    if (depth > bounds.depth) throw new JsonTooLargeError('depth', bounds.depth);
    values += level.length + texts;
    if (values > bounds.values) throw new JsonTooLargeError('values', bounds.values);
    const next: Json[] = [];
    texts = 0;
    for (const value of level) {
      if (typeof value === 'object' && value !== null) {
        const inner = partsOf(value);
        if (!Array.isArray(value) && inner.length > bounds.members) {
          throw new JsonTooLargeError('members', bounds.members);
        }
        if (isTextList(inner)) texts += inner.length;
        else for (const one of inner) next.push(one);
      } else if (typeof value === 'number' && !Number.isFinite(value)) {
        throw new JsonSyntaxError('a number is too large', text, 0);
      }
    }
    level = next;
  }
}
