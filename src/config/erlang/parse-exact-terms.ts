import type { ExactTerm } from './exact-term.js';
import { Parser } from './parser.js';
import { ErlangSyntaxError, syntaxErrorAt } from './syntax-error.js';

/** A term, and the offset of the text where it begins. */
export interface PlacedTerm {
  readonly at: number;
  readonly term: ExactTerm;
}

const MOST_CHARACTERS = 16 * 1024 * 1024;

/**
 * The terms of a file, each ended by a dot, as file:consult/1 gives them. When Erlang would refuse it, the file is read
 * once more with `#` beginning a comment, which some files in use have.
 * @throws ErlangSyntaxError of the attempt that came further
 */
export function parseExactTerms(text: string): readonly PlacedTerm[] {
  if (text.length > MOST_CHARACTERS) {
    throw new ErlangSyntaxError(1, 1, `expected at most ${MOST_CHARACTERS} characters, found ${text.length}`);
  }
  const illegal = text.search(/[\p{Cs}\ufffe\uffff]/u);
  if (illegal !== -1) throw syntaxErrorAt(text, illegal, 'expected text, found a code that is no character');
  if (text.startsWith('\ufeff')) {
    throw new ErlangSyntaxError(1, 1, 'expected a term, found a byte order mark, which Erlang does not take');
  }
  try {
    return all(text, false);
  } catch (strict) {
    if (!(strict instanceof ErlangSyntaxError) || !text.includes('#')) throw strict;
    try {
      return all(text, true);
    } catch (lenient) {
      throw lenient instanceof ErlangSyntaxError && !isFurther(lenient, strict) ? strict : lenient;
    }
  }
}

function all(text: string, hashComments: boolean): readonly PlacedTerm[] {
  const parser = new Parser(text, hashComments);
  const terms: PlacedTerm[] = [];
  while (!parser.atEnd()) {
    const { at } = parser;
    terms.push({ at, term: parser.form() });
  }
  return terms;
}

function isFurther(one: ErlangSyntaxError, other: ErlangSyntaxError) {
  return one.line > other.line || (one.line === other.line && one.column > other.column);
}
