import { finish } from '../../firewall/finish.js';
import type { Json } from '../../model/document.js';
import { isKept } from './exact-number.js';
import { type JsonBounds, WIDE_BOUNDS } from './json-bounds.js';
import { JsonScanner, ownText } from './json-scanner.js';
import { JsonTooLargeError } from './json-too-large-error.js';

/**
 * Reads JSON leniently, as clients expect: trailing commas, `//` and block comments, single-quoted strings, raw
 * control characters in strings and a byte order mark pass; of repeated keys the last wins
 * (docs/http-api.md#lenient-json). It refuses: text after the value, `__proto__` as a key,
 * numbers beyond a double, whole numbers that a double would alter, and what is over the bounds. Throws
 * `JsonSyntaxError` and `JsonTooLargeError`.
 */
export function readLenientJson(text: string, bounds: JsonBounds = WIDE_BOUNDS): Json {
  return finish(readJsonInSteps(text, bounds));
}

/** Told of every object and list once it is complete, inner ones first. */
export type Made = (container: object) => void;

/** Values read between two pauses. */
export const VALUES_A_STEP = 2000;

/** The same, with pauses: no step takes long, however long the text is. */
export function readJsonInSteps(text: string, bounds: JsonBounds, made: Made = () => undefined): Generator<void, Json> {
  return new LenientReader(text, bounds, made).steps();
}

/** An object or list that is not closed yet. */
type Open =
  | { readonly members: Map<string, Json>; key: string; readonly items?: never }
  | { readonly items: Json[]; readonly members?: never };

class LenientReader {
  readonly #scan: JsonScanner;
  readonly #bounds: JsonBounds;
  readonly #made: Made;
  readonly #open: Open[] = [];
  #values = 0;
  #characters = 0;

  constructor(text: string, bounds: JsonBounds, made: Made) {
    this.#scan = new JsonScanner(text);
    this.#bounds = bounds;
    this.#made = made;
  }

  *steps(): Generator<void, Json> {
    const scan = this.#scan;
    for (;;) {
      if (this.#values % VALUES_A_STEP === 0) yield;
      yield* scan.blank();
      let value = this.#closed();
      if (value === undefined) {
        const frame = this.#open.at(-1);
        if (frame?.members) {
          frame.key = yield* this.#key();
          yield* scan.blank();
        }
        value = yield* this.#begun();
      }
      if (value === undefined) continue;
      const root = yield* this.#put(value);
      if (root !== undefined) return root;
    }
  }

  /** The object or list that ends here, if one does. */
  #closed(): Json | undefined {
    const frame = this.#open.at(-1);
    if (frame === undefined || !this.#scan.take(frame.members ? '}' : ']')) return undefined;
    this.#open.pop();
    // fromEntries defines keys, so none can reach a prototype.
    const value: Json = frame.members ? Object.fromEntries(frame.members) : frame.items;
    this.#made(value);
    return value;
  }

  *#key(): Generator<void, string> {
    const scan = this.#scan;
    if (!scan.atQuote()) scan.fail('a key or } is missing');
    const key = yield* this.#text();
    if (key === '__proto__') scan.fail('the key __proto__ is not allowed');
    yield* scan.blank();
    if (!scan.take(':')) scan.fail('a colon is missing');
    return key;
  }

  *#text(): Generator<void, string> {
    const text = this.#scan.plainText() ?? (yield* this.#scan.escapedText());
    const { characters } = this.#bounds;
    if ((this.#characters += text.length) > characters) throw new JsonTooLargeError('characters', characters);
    return ownText(text);
  }

  /** The value that begins here; undefined: it is an object or list, which is now open. */
  *#begun(): Generator<void, Json | undefined> {
    const scan = this.#scan;
    const { depth, values } = this.#bounds;
    if (this.#open.length > depth) throw new JsonTooLargeError('depth', depth);
    if ((this.#values += 1) > values) throw new JsonTooLargeError('values', values);
    if (scan.take('{')) this.#open.push({ members: new Map(), key: '' });
    else if (scan.take('[')) this.#open.push({ items: [] });
    else if (scan.atQuote()) return yield* this.#text();
    else return this.#word();
    return undefined;
  }

  #word(): Json {
    const scan = this.#scan;
    if (scan.atEnd()) scan.fail('a value is missing at the end');
    const word = scan.word();
    if (word !== undefined) return word;
    const at = scan.place;
    const digits = scan.number() ?? scan.fail('no value starts here');
    const number = Number(digits);
    if (!Number.isFinite(number)) scan.fail('a number is too large', at);
    if (!isKept(digits))
      scan.fail(`${this.#path()} is a whole number that would come back as ${number}; send it as a string`, at);
    return number;
  }

  /** Puts a value where it belongs. Gives it back when it is the whole text's. */
  *#put(value: Json): Generator<void, Json | undefined> {
    const scan = this.#scan;
    const frame = this.#open.at(-1);
    yield* scan.blank();
    if (frame === undefined) {
      if (!scan.atEnd()) scan.fail('there is more text after the value');
      return value;
    }
    if (frame.members) {
      frame.members.set(frame.key, value);
      const { members } = this.#bounds;
      if (frame.members.size > members) throw new JsonTooLargeError('members', members);
    } else frame.items.push(value);
    const close = frame.members ? '}' : ']';
    if (!scan.take(',') && !scan.isAt(close)) scan.fail(`a comma or ${close} is missing`);
    return undefined;
  }

  /** Where reading is, as keys and indexes from the root: `vars.ids[2]`. */
  #path(): string {
    const path = this.#open.map((frame) => (frame.members ? `.${frame.key.slice(0, 100)}` : `[${frame.items.length}]`));
    return path.join('').replace(/^\./, '') || 'the body';
  }
}
