import type { ErlangTerm } from '../erlang-terms.js';

/**
 * The term as a YAML value; `undefined` when YAML has none for it. A list of character codes is a string, as in Erlang,
 * unless a list is wanted.
 */
export function plainTerm(term: ErlangTerm, wantsList: boolean): unknown {
  switch (term.kind) {
    case 'atom':
      return { true: true, false: false }[term.name] ?? term.name;
    case 'text':
      return term.text;
    case 'number':
      return term.value;
    case 'list':
      return wantsList
        ? term.items.map((item) => plainTerm(item, false))
        : (characters(term.items) ?? plainItems(term.items));
    case 'tuple':
      return plainItems(term.items);
    case 'map':
      return Object.fromEntries(
        term.entries.map(([key, value]) => [String(plainTerm(key, false)), plainTerm(value, false)]),
      );
    default:
      return undefined;
  }
}

/** An address given as a tuple, as inet takes it, as a string: {10,0,0,1} is 10.0.0.1. */
export function addressText(term: ErlangTerm): string | undefined {
  if (term.kind !== 'tuple') return undefined;
  const numbers = term.items.map((item) => (item.kind === 'number' ? item.value : -1));
  const all = (most: number) => numbers.every((one) => Number.isInteger(one) && one >= 0 && one <= most);
  if (numbers.length === 4 && all(255)) return numbers.join('.');
  if (numbers.length === 8 && all(65535)) return numbers.map((one) => one.toString(16)).join(':');
  return undefined;
}

function plainItems(items: readonly ErlangTerm[]) {
  return items.map((item) => plainTerm(item, false));
}

function characters(items: readonly ErlangTerm[]): string | undefined {
  let text = '';
  for (const item of items) {
    if (item.kind !== 'number' || !Number.isInteger(item.value) || item.value < 32 || item.value > 0x10ffff) {
      return undefined;
    }
    text += String.fromCodePoint(item.value);
  }
  return text;
}
