import type { Json } from '../../model/document.js';
import { JsonSyntaxError } from './json-syntax-error.js';

/** Deeper nesting is refused: every later walk over a document may then recurse without a thought. */
export const MAX_DEPTH = 100;

/**
 * Reads JSON as the old server's parser did: trailing commas, `//` and block comments, single-quoted strings, raw
 * control characters in strings and a byte order mark pass; of repeated keys the last wins (http-api section 1).
 * What it must not let through: text after the value, `__proto__` as a key, numbers beyond a double, nesting over
 * `MAX_DEPTH`. Throws `JsonSyntaxError`.
 */
export function readLenientJson(text: string): Json {
  return new LenientReader(text).document();
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /(?:true|false|null)(?![A-Za-z0-9_])/y;
const WORDS: Readonly<Record<string, Json>> = { true: true, false: false, null: null };

class LenientReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Json {
    if (this.#text.startsWith('\uFEFF')) this.#at = 1;
    const value = this.#value(0);
    this.#blank();
    if (this.#at < this.#text.length) this.#fail('there is more text after the value');
    return value;
  }

  #fail(reason: string): never {
    throw new JsonSyntaxError(reason, this.#text, this.#at);
  }

  /** Skips white space and comments. */
  #blank(): void {
    for (;;) {
      const char = this.#text[this.#at];
      if (char === ' ' || char === '\n' || char === '\r' || char === '\t') this.#at += 1;
      else if (char === '/') this.#comment();
      else return;
    }
  }

  #comment(): void {
    const kind = this.#text[this.#at + 1];
    const close = kind === '/' ? '\n' : kind === '*' ? '*/' : this.#fail('a lone slash');
    const end = this.#text.indexOf(close, this.#at + 2);
    if (end < 0 && kind === '*') this.#fail('a comment is not closed');
    this.#at = end < 0 ? this.#text.length : end + close.length;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #value(depth: number): Json {
    if (depth > MAX_DEPTH) this.#fail(`nested more than ${MAX_DEPTH} deep`);
    this.#blank();
    if (this.#take('{')) return this.#object(depth);
    if (this.#take('[')) return this.#list(depth);
    if (this.#at >= this.#text.length) this.#fail('a value is missing at the end');
    const char = this.#text[this.#at];
    if (char === '"' || char === "'") return this.#string();
    const word = this.#match(WORD);
    if (word !== undefined) return WORDS[word] as Json;
    const digits = this.#match(NUMBER);
    if (digits === undefined) this.#fail('no value starts here');
    const number = Number(digits);
    if (!Number.isFinite(number)) this.#fail('a number is too large');
    return number;
  }

  #object(depth: number): Json {
    const members = new Map<string, Json>();
    for (;;) {
      this.#blank();
      if (this.#take('}')) return Object.fromEntries(members);
      const char = this.#text[this.#at];
      if (char !== '"' && char !== "'") this.#fail('a key or } is missing');
      const key = this.#string();
      if (key === '__proto__') this.#fail('the key __proto__ is not allowed');
      this.#blank();
      if (!this.#take(':')) this.#fail('a colon is missing');
      members.set(key, this.#value(depth + 1));
      this.#blank();
      if (!this.#take(',') && this.#text[this.#at] !== '}') this.#fail('a comma or } is missing');
    }
  }

  #list(depth: number): Json {
    const items: Json[] = [];
    for (;;) {
      this.#blank();
      if (this.#take(']')) return items;
      items.push(this.#value(depth + 1));
      this.#blank();
      if (!this.#take(',') && this.#text[this.#at] !== ']') this.#fail('a comma or ] is missing');
    }
  }

  #string(): string {
    const quote = this.#text[this.#at];
    let start = (this.#at += 1);
    let out = '';
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) this.#fail('a string is not closed');
      if (char === quote) {
        out += this.#text.slice(start, this.#at);
        this.#at += 1;
        return out;
      }
      this.#at += 1;
      if (char === '\\') {
        out += this.#text.slice(start, this.#at - 1) + this.#escape();
        start = this.#at;
      }
    }
  }

  #escape(): string {
    const char = this.#text[this.#at] ?? '';
    this.#at += 1;
    if (char === 'u') {
      const digits = this.#text.slice(this.#at, this.#at + 4);
      if (!/^[0-9A-Fa-f]{4}$/.test(digits)) this.#fail('\\u needs four hexadecimal digits');
      this.#at += 4;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    if (!`"'\\/bfnrt`.includes(char) || char === '') this.#fail('an unknown escape');
    return ESCAPES[char] ?? char;
  }
}
