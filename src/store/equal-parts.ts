import type { Json } from '../model/document.js';

/** Shorter texts JSON.parse shares by itself; longer ones seldom come again. */
const [SHORTEST_TEXT, LONGEST_TEXT] = [11, 100];
/** Objects of more fields are rules, hosts and the like: they differ, and looking at each would cost more than it saves. */
const MOST_FIELDS = 2;

/**
 * Makes equal parts of many documents one: texts such as ids and hashes, lists such as `states` and the names of sets,
 * objects of one or two texts such as a set with its hash. It holds what it has seen, so it is for one reading and goes
 * with it. Parts of what it is given went through it already, and what it gives back is never to be changed.
 */
export class EqualParts {
  readonly #texts = new Map<string, string>();
  /** By their first part the last list of each; parts that are equal are mostly one, so that comparing is quick. */
  readonly #lists = new Map<Json | undefined, Json[]>();
  /** By their first value the last object of each. */
  readonly #objects = new Map<Json | undefined, Record<string, Json>>();

  /** The text that stands for all that are equal. */
  text(text: string): string {
    if (text.length < SHORTEST_TEXT || text.length > LONGEST_TEXT) return text;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, text);
    return text;
  }

  /** A list with the very same parts in the same order: one from before, or this. */
  list(list: Json[]): Json[] {
    const known = this.#lists.get(list[0]);
    if (known?.length === list.length && list.every((part, at) => part === known[at])) return known;
    this.#lists.set(list[0], list);
    return list;
  }

  /** An object with the same texts under the same names in the same order: one from before, or this. */
  object(object: Record<string, Json>, keys: readonly string[]): Record<string, Json> {
    if (keys.length > MOST_FIELDS || !keys.every((key) => typeof object[key] === 'string')) return object;
    const first = keys[0] === undefined ? undefined : object[keys[0]];
    const known = this.#objects.get(first);
    if (known !== undefined && isSame(known, object, keys)) return known;
    this.#objects.set(first, object);
    return object;
  }
}

function isSame(known: Record<string, Json>, object: Record<string, Json>, keys: readonly string[]): boolean {
  const names = Object.keys(known);
  return names.length === keys.length && keys.every((key, at) => key === names[at] && known[key] === object[key]);
}
