import type { Json } from '../../model/document.js';
import type { JsonBounds } from './json-bounds.js';
import { checkBounds } from './read-json.js';
import { tellContainers } from './tell-containers.js';

/** Characters that the engine's parser reads in some 20 ms, where most of them are in strings. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** Values, told by the commas between them; and of those objects and lists, which take longest to make. */
const MOST_COMMAS = 200_000;
const MOST_CONTAINERS = 1000;

/** A number that is perhaps too long: none begins behind a quote, as addresses do, which are thereby passed over quickly. */
const LONG_NUMBER = /[:[,\s-][0-9.]{16}/;
const IS_LONG_NUMBER = /^[0-9.]{16}/;

/** Whether it may hold what the engine's parser reads otherwise than the lenient one, or does not read. */
function isSpecial(text: string): boolean {
  if (text.includes('__proto__') || text.includes('\\')) return true;
  return IS_LONG_NUMBER.test(text) || LONG_NUMBER.test(text);
}

function holdsMore(text: string, char: string, most: number): boolean {
  let found = 0;
  for (let at = text.indexOf(char); at >= 0; at = text.indexOf(char, at + 1)) if ((found += 1) > most) return true;
  return false;
}

/**
 * Reads JSON at once that is little else than lists of short texts, as address lists are: a tenth of what reading it in
 * steps takes. `undefined`: it is larger or otherwise, or no JSON, and is to be read in steps. `made` is told of every
 * object and list, inner ones first. @throws JsonTooLargeError, JsonSyntaxError
 */
export function readPlainJson(text: string, bounds: JsonBounds, made: (container: object) => void): Json | undefined {
  if (text.length > Math.min(MOST_CHARACTERS, bounds.characters) || isSpecial(text)) return undefined;
  if (holdsMore(text, '{', MOST_CONTAINERS) || holdsMore(text, '[', MOST_CONTAINERS)) return undefined;
  if (holdsMore(text, ',', MOST_COMMAS)) return undefined;
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  checkBounds(value, text, bounds);
  tellContainers(value, made);
  return value;
}
