import type { Json } from '../../model/document.js';
import { JsonSyntaxError } from './json-syntax-error.js';

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /(?:true|false|null)(?![A-Za-z0-9_])/y;
const WORDS: Readonly<Record<string, Json>> = { true: true, false: false, null: null };

/** Characters, comments or escapes between two pauses. */
const PIECES_A_STEP = 20_000;

/** The tokens of a JSON text in order. Each character is read a bounded number of times. */
export class JsonScanner {
  readonly #text: string;
  #at: number;
  /** The first backslash at or after `#at`, once it was searched for. */
  #backslash = -1;
  #passed = 0;

  constructor(text: string) {
    this.#text = text;
    this.#at = text.startsWith('\uFEFF') ? 1 : 0;
  }

  get place(): number {
    return this.#at;
  }

  atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  isAt(char: string): boolean {
    return this.#text[this.#at] === char;
  }

  atQuote(): boolean {
    return this.isAt('"') || this.isAt("'");
  }

  take(char: string): boolean {
    if (!this.isAt(char)) return false;
    this.#at += 1;
    return true;
  }

  /** @throws JsonSyntaxError that names the place, by default the current one */
  fail(reason: string, at = this.#at): never {
    throw new JsonSyntaxError(reason, this.#text, at);
  }

  /** Skips white space and comments. */
  *blank(): Generator<void, void> {
    for (;;) {
      const char = this.#text[this.#at];
      if (char === ' ' || char === '\n' || char === '\r' || char === '\t') this.#at += 1;
      else if (char === '/') this.#comment();
      else return;
      if (this.#pauses()) yield;
    }
  }

  #pauses(): boolean {
    this.#passed += 1;
    return this.#passed % PIECES_A_STEP === 0;
  }

  #comment(): void {
    const kind = this.#text[this.#at + 1];
    const close = kind === '/' ? '\n' : kind === '*' ? '*/' : this.fail('a lone slash');
    const end = this.#text.indexOf(close, this.#at + 2);
    if (end < 0 && kind === '*') this.fail('a comment is not closed');
    this.#at = end < 0 ? this.#text.length : end + close.length;
  }

  /** The number at this place, as it is written. */
  number(): string | undefined {
    return this.#match(NUMBER);
  }

  /** `true`, `false` or `null`. */
  word(): Json | undefined {
    const word = this.#match(WORD);
    return word === undefined ? undefined : WORDS[word];
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /**
   * The string at this place, perhaps a view of the whole text (`ownText`); undefined, with nothing read, if it has
   * escapes.
   */
  plainText(): string | undefined {
    const start = this.#at + 1;
    const end = this.#text.indexOf(this.#text[this.#at] as string, start);
    if (this.#backslash < start) {
      const next = this.#text.indexOf('\\', start);
      this.#backslash = next < 0 ? Infinity : next;
    }
    if (end < 0 && this.#backslash === Infinity) this.fail('a string is not closed', this.#text.length);
    if (end < 0 || this.#backslash < end) return undefined;
    this.#at = end + 1;
    return this.#text.slice(start, end);
  }

  /** The string at this place. */
  *escapedText(): Generator<void, string> {
    const quote = this.#text[this.#at] as string;
    const part = quote === '"' ? /[^"\\]{0,10000}/y : /[^'\\]{0,10000}/y;
    let parts: string[] = [];
    let out = '';
    for (this.#at += 1; !this.take(quote);) {
      if (this.atEnd()) this.fail('a string is not closed');
      parts.push(this.take('\\') ? this.#escape() : (this.#match(part) as string));
      if (parts.length === 1000) {
        out += parts.join('');
        parts = [];
      }
      if (this.#pauses()) yield;
    }
    return out + parts.join('');
  }

  #escape(): string {
    const char = this.#text[this.#at] ?? '';
    this.#at += 1;
    if (char === 'u') {
      const digits = this.#text.slice(this.#at, this.#at + 4);
      if (!/^[0-9A-Fa-f]{4}$/.test(digits)) this.fail('\\u needs four hexadecimal digits');
      this.#at += 4;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    if (!`"'\\/bfnrt`.includes(char) || char === '') this.fail('an unknown escape');
    return ESCAPES[char] ?? char;
  }
}

/** The engine copies shorter slices anyway. */
const SHORTEST_VIEW = 13;

/** A copy of the string: a slice would keep the whole body in memory, because the engine slices by reference. */
export function ownText(cut: string): string {
  return cut.length < SHORTEST_VIEW ? cut : ` ${cut}`.slice(1);
}
