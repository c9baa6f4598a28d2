import {
  AnalysisError,
  type AddressSet,
  bindRuleset,
  type Filter,
  readRuleset,
  type Ruleset,
  type SetContents,
  setNamesOf,
} from '../analysis/index.js';
import type { Family } from '../firewall/addresses/family.js';

interface Kept {
  readonly ruleset: Ruleset;
  readonly names: readonly string[];
  sets: readonly (AddressSet | undefined)[];
  /** Undefined: not bound yet. */
  filter: Filter | AnalysisError | undefined;
}

/** Characters of text whose filters are kept; read, they take about twelve times as many bytes. */
const KEPT_CHARS = 4 << 20;

/** What a set holds, by its full name; undefined: there is no such set. */
export type ReadSet = (name: string) => Generator<void, AddressSet | undefined>;

/**
 * Texts of rulesets as filters: groups of one text, and questions one after another, share them. A filter is the same
 * object as long as the text and all sets that it names are the same.
 */
export class FilterBook {
  /** By family and text; least recently used first. */
  readonly #kept = new Map<string, Kept>();
  #chars = 0;

  /** @throws AnalysisError naming the line that can't be read, or whose set is missing */
  *filter(family: Family, text: string, readSet: ReadSet): Generator<void, Filter> {
    const key = `${family} ${text}`;
    let kept = this.#kept.get(key);
    if (kept === undefined) {
      const ruleset = readRuleset(text, family);
      yield;
      kept = { ruleset, names: setNamesOf(ruleset), sets: [], filter: undefined };
    }
    const found: (AddressSet | undefined)[] = [];
    for (const name of kept.names) found.push(yield* readSet(name));
    const same = kept.sets.length === found.length && found.every((set, at) => set === kept.sets[at]);
    let { filter } = kept;
    if (!same || filter === undefined) {
      filter = bound(kept.ruleset, contentsOf(kept.names, found));
      kept.sets = found;
      kept.filter = filter;
      yield;
    }
    this.#keep(key, kept);
    if (filter instanceof AnalysisError) throw filter;
    return filter;
  }

  #keep(key: string, kept: Kept): void {
    if (!this.#kept.delete(key)) this.#chars += key.length;
    this.#kept.set(key, kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#chars <= KEPT_CHARS || this.#kept.size === 1) return;
      this.#kept.delete(oldest);
      this.#chars -= oldest.length;
    }
  }
}

function contentsOf(names: readonly string[], sets: readonly (AddressSet | undefined)[]): SetContents {
  const contents = new Map<string, AddressSet>();
  for (const [at, name] of names.entries()) {
    const set = sets[at];
    if (set !== undefined) contents.set(name, set);
  }
  return contents;
}

function bound(ruleset: Ruleset, contents: SetContents): Filter | AnalysisError {
  try {
    return bindRuleset(ruleset, contents);
  } catch (error) {
    if (error instanceof AnalysisError) return error;
    throw error;
  }
}
