import { createHash } from 'node:crypto';
import { type AddressSet, bindRuleset, type IdleLine, idleLines, readRuleset } from '../analysis/index.js';
import type { Family } from '../firewall/addresses/family.js';
import type { TracedText } from '../firewall/policy/trace-group.js';
import type { ReadSet } from './filter-book.js';

interface Kept {
  /** Of the sets that the text names, as they were. */
  readonly sets: readonly (AddressSet | undefined)[];
  readonly idle: readonly IdleLine[];
}

/** Texts of which it is kept what was found; those found last. */
const MOST_TEXTS = 20_000;

/** Lines of texts that could as well not be there: looked for again when the text or one of its sets is another. */
export class IdleBook {
  readonly #kept = new Map<string, Kept>();

  /**
   * @param wanted which lines are looked at, by number
   * @throws AnalysisError naming the line that can't be read, or whose set is missing
   */
  *of(
    { text, sets: names }: Pick<TracedText, 'text' | 'sets'>,
    family: Family,
    wanted: ReadonlyMap<number, string>,
    readSet: ReadSet,
  ): Generator<void, readonly IdleLine[]> {
    const key = createHash('sha256')
      .update(`${family} ${[...wanted.keys()].join()}\n${text}`)
      .digest('base64');
    const sets: (AddressSet | undefined)[] = [];
    for (const name of names) sets.push(yield* readSet(name));
    const known = this.#kept.get(key);
    if (known !== undefined && known.sets.every((set, at) => set === sets[at])) return known.idle;
    const contents = new Map<string, AddressSet>();
    for (const [at, name] of names.entries()) {
      const set = sets[at];
      if (set !== undefined) contents.set(name, set);
    }
    const ruleset = readRuleset(text, family);
    yield;
    const filter = bindRuleset(ruleset, contents);
    yield;
    const idle = yield* idleLines(filter, (_chain, number) => wanted.has(number));
    this.#kept.delete(key);
    this.#kept.set(key, { sets, idle });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_TEXTS) break;
      this.#kept.delete(oldest);
    }
    return idle;
  }
}
