import type { Json } from '../../model/document.js';
import { readLenientJson, MAX_DEPTH } from './lenient-json.js';
import { JsonSyntaxError } from './json-syntax-error.js';

/**
 * Reads a request body. Strict JSON, the usual case, takes the engine's own parser; everything else is read leniently.
 * Both give the same for the same text. Throws `JsonSyntaxError`.
 */
export function readJson(text: string): Json {
  // The text that may need a closer look: keys that could be `__proto__`, however spelt.
  if (text.includes('__proto__') || text.includes('\\u')) return readLenientJson(text);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    // Not strict JSON: the lenient reader either takes it or says where it is wrong.
    return readLenientJson(text);
  }
  checkBounds(value, text);
  return value;
}

/** What `JSON.parse` lets through and the lenient reader doesn't. */
function checkBounds(root: Json, text: string): void {
  let level: readonly Json[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw new JsonSyntaxError(`nested more than ${MAX_DEPTH} deep`, text, 0);
    const next: Json[] = [];
    for (const value of level) {
      if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) next.push(inner);
      else if (typeof value === 'number' && !Number.isFinite(value)) {
        throw new JsonSyntaxError('a number is too large', text, 0);
      }
    }
    level = next;
  }
}
