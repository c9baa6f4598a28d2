import { scanEscape, scanQuoted, scanTripleQuoted } from './scan-quoted.js';
import type { Scanned } from './scan-quoted.js';
import { foundAt, syntaxErrorAt } from './syntax-error.js';

/** One token and the offset it begins at. */
export type Token = { readonly at: number; readonly end: number } & (
  | { readonly type: 'sign' | 'word' | 'variable' | 'atom' | 'string' | 'binary'; readonly text: string }
  | { readonly type: 'integer' | 'character'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'dot' | 'end' }
);

const RESERVED: ReadonlySet<string> = new Set(
  (
    'after and andalso band begin bnot bor bsl bsr bxor case catch cond div end fun if let not of or orelse receive ' +
    'rem try when xor'
  ).split(' '),
);
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };
const MOST_DIGITS = 1000;
const MOST_ATOM_CHARACTERS = 255;

/**
 * Splits source text into Erlang's tokens, as erl_scan does. Where OTP 25 and 27 differ (`"""`, `\^?`), as OTP 27 does.
 * With `hashComments`, a `#` that begins no map or record begins a comment too, which Erlang does not support.
 */
export class Scanner {
  readonly #text: string;
  readonly #blank: RegExp;
  readonly #hashComments: boolean;

  constructor(text: string, hashComments: boolean) {
    this.#text = text;
    this.#hashComments = hashComments;
    this.#blank = hashComments
      ? /(?:[\0- \u0080-\u00a0]+|%[^\n]*|#(?!(?:[\w@]+|'[^'\n]*')?[{<])[^\n]*)+/y
      : /(?:[\0- \u0080-\u00a0]+|%[^\n]*)+/y;
  }

  /** The token at or after this offset. */
  token(from: number): Token {
    const at = this.#match(this.#blank, from)?.end ?? from;
    const text = this.#text;
    const sign = text[at];
    if (sign === undefined) return { type: 'end', at, end: at };
    const name = this.#match(/[a-zß-öø-ÿ][\w@À-ÖØ-öø-ÿ]*/y, at);
    if (name !== undefined) {
      const type = RESERVED.has(name.text) ? 'word' : 'atom';
      return type === 'word' ? { type, at, ...name } : this.#atom(at, name);
    }
    const variable = this.#match(/[A-Z_À-ÖØ-Þ][\w@À-ÖØ-öø-ÿ]*/y, at);
    if (variable !== undefined) return { type: 'variable', at, ...variable };
    if (/\d/.test(sign)) return this.#number(at);
    switch (sign) {
      case "'":
        return this.#atom(at, scanQuoted(text, at + 1, "'", false));
      case '"':
        return { type: 'string', at, ...this.#string(at, undefined) };
      case '~':
        return this.#sigil(at);
      case '$':
        return this.#character(at);
      case '.':
        if (this.#match(this.#hashComments ? /\.(?=[\0- \u0080-\u00a0%#]|$)/y : /\.(?=[\0- \u0080-\u00a0%]|$)/y, at)) {
          return { type: 'dot', at, end: at + 1 };
        }
    }
    const signs = this.#match(/<<|>>|=>|:=|\+\+|--|\|\||[\s\S]/uy, at);
    return { type: 'sign', at, text: signs?.text ?? sign, end: signs?.end ?? at + 1 };
  }

  #atom(at: number, name: Scanned): Token {
    if (name.text.length > MOST_ATOM_CHARACTERS && Array.from(name.text).length > MOST_ATOM_CHARACTERS) {
      throw syntaxErrorAt(this.#text, at, `expected an atom of at most ${MOST_ATOM_CHARACTERS} characters`);
    }
    return { type: 'atom', at, ...name };
  }

  #number(at: number): Token {
    const whole = this.#match(/\d+(?:_\d+)*/y, at);
    const base = whole === undefined ? undefined : this.#match(/#/y, whole.end);
    if (whole !== undefined && base !== undefined) return this.#based(at, whole.text.replaceAll('_', ''), base.end);
    const float = this.#match(/\d+(?:_\d+)*\.\d+(?:_\d+)*(?:[eE][+-]?\d+(?:_\d+)*)?/y, at);
    if (float !== undefined) {
      const value = Number(float.text.replaceAll('_', ''));
      if (!Number.isFinite(value)) throw this.#wrong(at, 'a float below 1.8e308');
      return { type: 'float', value, at, end: float.end };
    }
    if (whole === undefined) throw this.#wrong(at, 'a number');
    this.#checkDigits(at, whole.text);
    return { type: 'integer', value: BigInt(whole.text.replaceAll('_', '')), at, end: whole.end };
  }

  #based(at: number, base: string, from: number): Token {
    const radix = base.length > 9 ? 0 : Number(base);
    if (radix < 2 || radix > 36) throw this.#wrong(at, 'a base from 2 to 36');
    const digits = this.#match(/[0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*/y, from);
    if (digits === undefined) throw this.#wrong(at, `digits of base ${radix}`);
    this.#checkDigits(at, digits.text);
    let value = 0n;
    for (const digit of digits.text.replaceAll('_', '')) {
      const one = Number.parseInt(digit, 36);
      if (one >= radix) throw this.#wrong(at, `digits of base ${radix}`);
      value = value * BigInt(radix) + BigInt(one);
    }
    return { type: 'integer', value, at, end: digits.end };
  }

  #checkDigits(at: number, digits: string): void {
    if (digits.length > MOST_DIGITS) throw this.#wrong(at, `a number of at most ${MOST_DIGITS} digits`);
  }

  #character(at: number): Token {
    const plain = this.#match(/\$[^\\]/uy, at);
    if (plain !== undefined) return { type: 'character', value: code(plain.text.slice(1)), at, end: plain.end };
    if (at + 1 >= this.#text.length) throw this.#wrong(at, 'a character after $');
    const { text, end } = scanEscape(this.#text, at + 1);
    return { type: 'character', value: code(text), at, end };
  }

  /** A string, or what follows the prefix of a sigil: `verbatim` says whether its escapes stand for themselves. */
  #string(at: number, verbatim: boolean | undefined): Scanned {
    if (this.#text.startsWith('"""', at)) return scanTripleQuoted(this.#text, at, verbatim ?? true);
    const open = this.#text[at] ?? '';
    return scanQuoted(this.#text, at + 1, CLOSING[open] ?? open, verbatim ?? false);
  }

  #sigil(at: number): Token {
    const prefix = this.#match(/~([\w@À-ÖØ-öø-ÿ]*)(?=[([{</|'"`#])/y, at);
    const letter = prefix?.text.slice(1);
    if (prefix === undefined || letter === undefined || !['', 'b', 'B', 's', 'S'].includes(letter)) {
      throw this.#wrong(at, 'a sigil: ~, ~b, ~B, ~s or ~S before a string');
    }
    const triple = this.#text.startsWith('"""', prefix.end);
    const verbatim = letter === 'B' || letter === 'S' || (letter === '' && triple);
    const scanned = this.#string(prefix.end, verbatim);
    if (this.#match(/[\w@À-ÖØ-öø-ÿ]+/y, scanned.end) !== undefined) {
      throw this.#wrong(scanned.end, 'nothing directly after a sigil');
    }
    return { type: letter.toLowerCase() === 's' ? 'string' : 'binary', at, ...scanned };
  }

  #match(pattern: RegExp, at: number): Scanned | undefined {
    pattern.lastIndex = at;
    const match = pattern.exec(this.#text);
    return match === null ? undefined : { text: match[0], end: pattern.lastIndex };
  }

  #wrong(at: number, wanted: string) {
    return syntaxErrorAt(this.#text, at, `expected ${wanted}, found ${foundAt(this.#text, at)}`);
  }
}

function code(character: string) {
  return BigInt(character.codePointAt(0) ?? 0);
}
