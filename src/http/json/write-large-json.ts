import type { Json } from '../../model/document.js';
import { isList } from '../../model/validate.js';
import { isLongTextList, listText } from '../../kept-texts/list-text.js';
import { quotedKey, sortedKeys, writeJson } from './write-json.js';

/** Values and characters written between two pauses; what is smaller is written at once. */
const VALUES_A_STEP = 2000;
const CHARACTERS_A_STEP = 200_000;
/** Characters of a text that costs no more than another value. */
const SHORT = CHARACTERS_A_STEP / VALUES_A_STEP;

/** Whether writing a value takes so long that other requests should be served meanwhile. */
export function isLargeJson(value: Json): boolean {
  return weigh(value, VALUES_A_STEP) <= 0;
}

/** The same text as `writeJson` gives, as UTF-8, with pauses. */
export function* writeJsonInSteps(value: Json): Generator<void, Buffer> {
  const writer = new Writer();
  yield* writer.write(value);
  return writer.end();
}

/** The items of a list with commas between them, as UTF-8, with pauses; `textOf` gives the text of a small one. */
export function* writeItemsInSteps(items: readonly Json[], textOf: (item: Json) => string): Generator<void, Buffer> {
  const writer = new Writer(textOf);
  yield* writer.writeItems(items);
  return writer.end();
}

/** What is left of a budget after the value's cost; it stops looking once the budget is used up. */
function weigh(value: Json, budget: number): number {
  if (typeof value === 'string') return budget - 1 - value.length * (VALUES_A_STEP / CHARACTERS_A_STEP);
  if (typeof value !== 'object' || value === null) return budget - 1;
  let left = budget - 1;
  if (isList(value)) {
    for (let at = 0; at < value.length && left > 0; at += 1) left = weigh(value[at] as Json, left);
    return left;
  }
  const object = value as Readonly<Record<string, Json>>;
  for (const key in object) {
    if (left <= 0) break;
    left = weigh(object[key] as Json, left);
  }
  return left;
}

/** Elements from a place on that are texts as short as addresses, some of them: those are written together. */
function shortTextsFrom(list: readonly Json[], from: number): readonly Json[] {
  const most = Math.min(list.length, from + VALUES_A_STEP);
  let to = from;
  for (let text = list[to]; to < most && typeof text === 'string' && text.length <= SHORT; text = list[to]) to += 1;
  return list.slice(from, to);
}

class Writer {
  readonly #textOf: (value: Json) => string;
  readonly #done: Buffer[] = [];
  #text = '';
  #unpaid = VALUES_A_STEP;

  /** `textOf`: of what is small. */
  constructor(textOf = writeJson) {
    this.#textOf = textOf;
  }

  *write(value: Json): Generator<void, void> {
    const left = weigh(value, VALUES_A_STEP);
    if (left > 0 || typeof value !== 'object' || value === null) {
      this.#text += this.#textOf(value);
      this.#unpaid -= VALUES_A_STEP - left;
      if (this.#unpaid <= 0) yield this.#pause();
    } else if (isLongTextList(value)) yield* this.#texts(value);
    else if (Array.isArray(value)) yield* this.#list(value as readonly Json[]);
    else yield* this.#object(value as Readonly<Record<string, Json | undefined>>);
  }

  end(): Buffer {
    this.#pause();
    return Buffer.concat(this.#done);
  }

  *writeItems(list: readonly Json[]): Generator<void, void> {
    for (let at = 0; at < list.length;) {
      if (at > 0) this.#text += ',';
      const texts = shortTextsFrom(list, at);
      if (texts.length > 0) {
        this.#text += JSON.stringify(texts).slice(1, -1);
        this.#unpaid -= texts.length;
        if (this.#unpaid <= 0) yield this.#pause();
        at += texts.length;
      } else {
        yield* this.write(list[at] as Json);
        at += 1;
      }
    }
  }

  *#list(list: readonly Json[]): Generator<void, void> {
    this.#text += '[';
    yield* this.writeItems(list);
    this.#text += ']';
  }

  /** Whose text is kept: the client that is answered sends most of it back when it edits one of them. */
  *#texts(list: readonly string[]): Generator<void, void> {
    const { blocks } = yield* listText(list);
    this.#text += '[';
    this.#pause();
    // No comma stands before the first element.
    for (const [n, { bytes }] of blocks.entries()) this.#done.push(n === 0 ? bytes.subarray(1) : bytes);
    this.#text += ']';
  }

  *#object(object: Readonly<Record<string, Json | undefined>>): Generator<void, void> {
    this.#text += '{';
    let first = true;
    for (const key of sortedKeys(object)) {
      const member = object[key];
      if (member === undefined) continue;
      this.#text += `${first ? '' : ','}${quotedKey(key)}:`;
      first = false;
      yield* this.write(member);
    }
    this.#text += '}';
  }

  #pause(): void {
    this.#done.push(Buffer.from(this.#text));
    this.#text = '';
    this.#unpaid = VALUES_A_STEP;
  }
}
