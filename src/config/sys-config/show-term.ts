import type { ErlangTerm } from '../erlang-terms.js';
import { redactUrl } from '../show-value.js';

const LONGEST = 80;
const MOST_ITEMS = 10;
const DEEPEST = 4;

/** A term as Erlang writes it, on one line, cut when it is long. Only for terms that hold no secret. */
export function showTerm(term: ErlangTerm): string {
  const text = written(term, 0);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

/** What a term is, without what is in it: for terms that may hold secrets. */
export function kindOf(term: ErlangTerm): string {
  switch (term.kind) {
    case 'atom':
      return 'an atom';
    case 'text':
      return 'a string';
    case 'number':
      return 'a number';
    case 'list':
      return `a list of ${term.items.length}`;
    case 'tuple':
      return `a tuple of ${term.items.length}`;
    case 'map':
      return 'a map';
    case 'fun':
      return `fun ${term.module}:${term.name}/${term.arity}`;
    case 'bitstring':
      return `a bitstring of ${term.size} bits that is no UTF-8 text`;
    case 'improper list':
      return 'an improper list';
    case 'large integer':
      return 'an integer beyond 2^53';
  }
}

function written(term: ErlangTerm, depth: number): string {
  if (depth > DEEPEST) return '…';
  const all = (items: readonly ErlangTerm[]) =>
    [
      ...items.slice(0, MOST_ITEMS).map((item) => written(item, depth + 1)),
      ...(items.length > MOST_ITEMS ? ['…'] : []),
    ].join(', ');
  switch (term.kind) {
    case 'atom':
      return /^[a-z][A-Za-z0-9_@]*$/.test(term.name) ? term.name : `'${JSON.stringify(term.name).slice(1, -1)}'`;
    case 'text':
      return JSON.stringify(redactUrl(term.text));
    case 'number':
      return String(term.value);
    case 'list':
      return `[${all(term.items)}]`;
    case 'tuple':
      return `{${all(term.items)}}`;
    case 'map':
      return kindOf(term);
    default:
      return kindOf(term);
  }
}
