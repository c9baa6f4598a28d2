import type { ErlangTerm } from '../erlang-terms.js';

/** A list of options, as Erlang's proplists read one, or a map. */
export interface Proplist {
  /** The value of each name; when a name is given twice, the value that Erlang would use. */
  readonly values: ReadonlyMap<string, ErlangTerm>;
  /** Names given more than once, and whether always with the same value. */
  readonly twice: ReadonlyMap<string, { readonly same: boolean }>;
  /** What is neither an atom nor {atom, value}. */
  readonly strange: readonly ErlangTerm[];
}

/**
 * Reads a list of `{name, value}` and bare atoms (`ssl` is `{ssl, true}`), or a map; `undefined` for anything else.
 * When a name is given twice, the first counts in a list, as in proplists:get_value, and the last in a map.
 */
export function readProplist(term: ErlangTerm): Proplist | undefined {
  // In Erlang "" and [] are the same.
  if (term.kind === 'text' && term.text === '') return { values: new Map(), twice: new Map(), strange: [] };
  if (term.kind !== 'list' && term.kind !== 'map') return undefined;
  const values = new Map<string, ErlangTerm>();
  const twice = new Map<string, { readonly same: boolean }>();
  const strange: ErlangTerm[] = [];
  const put = (name: string, value: ErlangTerm) => {
    const before = values.get(name);
    if (before !== undefined) {
      const same = JSON.stringify(before) === JSON.stringify(value) && (twice.get(name)?.same ?? true);
      twice.set(name, { same });
    }
    if (before === undefined || term.kind === 'map') values.set(name, value);
  };
  if (term.kind === 'map') {
    for (const [key, value] of term.entries) {
      if (key.kind === 'atom') put(key.name, value);
      else strange.push(key);
    }
  } else {
    for (const item of term.items) {
      const [key, value] = item.kind === 'tuple' && item.items.length === 2 ? item.items : [];
      if (item.kind === 'atom') put(item.name, { kind: 'atom', name: 'true' });
      else if (key?.kind === 'atom' && value !== undefined) put(key.name, value);
      else strange.push(item);
    }
  }
  return { values, twice, strange };
}
