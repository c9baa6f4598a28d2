import { appendRule, EMPTY_FILTER, restoreFilter, saveFilter, type FilterTable } from './filter-table.js';
import { remember } from './remember.js';
import type { SetFamily } from './set-address.js';
import { NO_SETS, restoreSets, saveSets, type SetTable } from './set-table.js';

/** Names of sets hold no line break, so it parts them, and the text, in a key. */
const restoreSetsOnce = remember(
  (table: SetTable, key: string) => {
    const end = key.indexOf('\n\n');
    return restoreSets(table, key.slice(end + 2), new Set(key.slice(0, end).split('\n')));
  },
  ({ table }) => table,
);

function restoreFilterOnceFor(family: SetFamily) {
  return remember(
    (sets: SetTable, text: string) => restoreFilter(text, family, sets),
    (restored) => ('table' in restored ? restored.table : undefined),
  );
}
const restoreFilterOnce = { inet: restoreFilterOnceFor('inet'), inet6: restoreFilterOnceFor('inet6') };

/** Drops the sets named in the key, a line each. */
const dropSetsOnce = remember((table: SetTable, key: string): SetTable => {
  const dropped = new Set(key.split('\n'));
  return new Map([...table].filter(([name]) => !dropped.has(name)));
});

/**
 * A host's packet filter, as far as agents see it: sets, the two filter tables, and what the tools refuse
 * (as iptables 1.8 and ipset 7 do). It filters nothing.
 */
export class SimKernel {
  #sets: SetTable = NO_SETS;
  #filters: Readonly<Record<SetFamily, FilterTable>> = { inet: EMPTY_FILTER, inet6: EMPTY_FILTER };

  /** For hashing what is loaded: the same object as long as nothing changed. */
  get sets(): SetTable {
    return this.#sets;
  }

  filter(family: SetFamily): FilterTable {
    return this.#filters[family];
  }

  /** `ipset restore -exist`: the tool's error, `undefined` when all lines were taken. */
  restoreSets(text: string): string | undefined {
    const used = [...this.#usedSets()].sort().join('\n');
    const { table, error } = restoreSetsOnce(this.#sets, `${used}\n\n${text}`);
    this.#sets = table;
    return error;
  }

  /** `iptables-restore` or `ip6tables-restore`: the tool's error; nothing changes then, nor for the empty text. */
  restoreFilter(family: SetFamily, text: string): string | undefined {
    if (text.trim() === '') return undefined;
    const restored = restoreFilterOnce[family](this.#sets, text);
    if ('error' in restored) return restored.error;
    this.#filters = { ...this.#filters, [family]: restored.table };
    return undefined;
  }

  /**
   * What an agent does after a restore: one more restore, of `destroy` for each set that no `create` line of the text
   * names, by name in the order of bytes. It ends at the first set that rules name: that one and those after it stay.
   */
  destroySetsNotIn(text: string): void {
    const named = new Set([...text.matchAll(/^create (\S+)/gm)].map(([, name]) => name));
    const used = this.#usedSets();
    const surplus = [...this.#sets.keys()].filter((name) => !named.has(name)).sort();
    const end = surplus.findIndex((name) => used.has(name));
    const dropped = end < 0 ? surplus : surplus.slice(0, end);
    if (dropped.length > 0) this.#sets = dropSetsOnce(this.#sets, dropped.join('\n'));
  }

  /** Adds a rule as an operator would by hand. */
  appendRule(family: SetFamily, rule: string): void {
    this.#filters = { ...this.#filters, [family]: appendRule(this.#filters[family], rule) };
  }

  /** `ipset save`. */
  saveSets(): string {
    return saveSets(this.#sets);
  }

  /** `iptables-save -t filter` or `ip6tables-save -t filter`. */
  saveFilter(family: SetFamily): string {
    return saveFilter(this.#filters[family]);
  }

  #usedSets(): ReadonlySet<string> {
    return new Set([...this.#filters.inet.usedSets, ...this.#filters.inet6.usedSets]);
  }
}
