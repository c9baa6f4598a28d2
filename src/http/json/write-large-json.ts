import type { Json } from '../../model/document.js';
import { quotedKey, sortedKeys, writeJson } from './write-json.js';

/** Values and characters written between two pauses; what is smaller is written at once. */
const VALUES_A_STEP = 2000;
const CHARACTERS_A_STEP = 200_000;

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
  const object = value as Readonly<Record<string, Json>>;
  for (const key in object) {
    if (left <= 0) break;
    left = weigh(object[key] as Json, left);
  }
  return left;
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
    } else if (Array.isArray(value)) yield* this.#list(value as readonly Json[]);
    else yield* this.#object(value as Readonly<Record<string, Json | undefined>>);
  }

  end(): Buffer {
    this.#pause();
    return Buffer.concat(this.#done);
  }

  *writeItems(list: readonly Json[]): Generator<void, void> {
    for (const [index, item] of list.entries()) {
      if (index > 0) this.#text += ',';
      yield* this.write(item);
    }
  }

  *#list(list: readonly Json[]): Generator<void, void> {
    this.#text += '[';
    yield* this.writeItems(list);
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
