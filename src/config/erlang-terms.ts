import { isUtf8 } from 'node:buffer';
import type { ExactTerm } from './erlang/exact-term.js';
import { parseExactTerms } from './erlang/parse-exact-terms.js';
import { foundAt, syntaxErrorAt } from './erlang/syntax-error.js';

export { decodeErlangSource } from './erlang/source-text.js';
export { ErlangSyntaxError } from './erlang/syntax-error.js';

/**
 * An Erlang term as written in a configuration file. Strings, and binaries that are UTF-8, are both `text`; integers and
 * floats both `number`. Terms that no setting uses have their own kinds, so that errors can name them. Holds no bigint,
 * so it can be written as JSON.
 */
export type ErlangTerm =
  | { readonly kind: 'atom'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  /** An integer beyond 2^53, in decimal. */
  | { readonly kind: 'large integer'; readonly digits: string }
  | { readonly kind: 'list'; readonly items: readonly ErlangTerm[] }
  /** `[a, b | c]` */
  | { readonly kind: 'improper list'; readonly items: readonly ErlangTerm[]; readonly tail: ErlangTerm }
  | { readonly kind: 'tuple'; readonly items: readonly ErlangTerm[] }
  /** As written: when a key is given twice, Erlang takes the last. */
  | { readonly kind: 'map'; readonly entries: readonly (readonly [ErlangTerm, ErlangTerm])[] }
  /** `fun module:name/arity` */
  | { readonly kind: 'fun'; readonly module: string; readonly name: string; readonly arity: number }
  /** Bytes that are not UTF-8, or bits that do not fill whole bytes; `size` in bits. */
  | { readonly kind: 'bitstring'; readonly hex: string; readonly size: number };

/**
 * Reads one term ended by a dot, as file:consult/1 reads a sys.config (OTP 27). Comments begin with `%`; where Erlang
 * would not take the text, also with a `#` that is not part of a term.
 * @throws ErlangSyntaxError
 */
export function parseErlangTerm(text: string): ErlangTerm {
  const [only, second] = parseExactTerms(text);
  if (only === undefined) throw syntaxErrorAt(text, text.length, 'expected a term, found the end of the file');
  if (second !== undefined) {
    throw syntaxErrorAt(
      text,
      second.at,
      `expected the end of the file after the dot, found ${foundAt(text, second.at)}`,
    );
  }
  return simplified(only.term);
}

function simplified(term: ExactTerm): ErlangTerm {
  switch (term.kind) {
    case 'atom':
    case 'fun':
      return term;
    case 'float':
      return { kind: 'number', value: term.value };
    case 'integer': {
      const value = Number(term.value);
      return Number.isSafeInteger(value)
        ? { kind: 'number', value }
        : { kind: 'large integer', digits: term.value.toString() };
    }
    case 'string':
      return { kind: 'text', text: term.text };
    case 'bits': {
      const bytes = Buffer.from(term.bytes);
      return term.size % 8 === 0 && isUtf8(bytes)
        ? { kind: 'text', text: bytes.toString('utf8') }
        : { kind: 'bitstring', hex: bytes.toString('hex'), size: term.size };
    }
    case 'list':
      return { kind: 'list', items: term.items.map(simplified) };
    case 'improper':
      return { kind: 'improper list', items: term.items.map(simplified), tail: simplified(term.tail) };
    case 'tuple':
      return { kind: 'tuple', items: term.items.map(simplified) };
    case 'map':
      return { kind: 'map', entries: term.entries.map(([key, value]) => [simplified(key), simplified(value)]) };
  }
}
