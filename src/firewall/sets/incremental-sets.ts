import type { Dialect } from '../dialect.js';
import { assembleSets } from './assemble-sets.js';
import { type BuiltSet, buildSet, type WantedSet } from './build-set.js';
import type { CompiledSets, LastGood } from './compile-sets.js';
import { setName } from './set-name.js';

interface Kept {
  readonly wanted: WantedSet;
  readonly built: BuiltSet;
}

const sameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a === b || (a.length === b.length && a.every((element, i) => element === b[i]));

/**
 * Compiles all sets again and again, and renders only those whose addresses changed since the last time. Gives the same
 * as `compileWantedSets`, with the last good addresses of every set remembered: a set that grows too large goes on
 * with what it was last published with, a set that vanishes is forgotten.
 */
export class IncrementalSets {
  readonly #dialect: Dialect;
  #kept: ReadonlyMap<string, Kept> = new Map();
  #lastGood: LastGood;

  /** `lastGood`: what an earlier run of the server published, by full name. */
  constructor(dialect: Dialect, lastGood: LastGood = new Map()) {
    this.#dialect = dialect;
    this.#lastGood = lastGood;
  }

  compile(wanted: readonly WantedSet[]): CompiledSets {
    const kept = new Map<string, Kept>();
    const lastGood = new Map<string, readonly string[]>();
    for (const set of wanted) {
      const name = setName(set.base, set.kind, set.family);
      const before = this.#kept.get(name);
      const same = before?.wanted.order === set.order && sameList(before.wanted.addresses, set.addresses);
      const built = same ? before.built : buildSet(set, this.#dialect, this.#lastGood.get(name));
      kept.set(name, { wanted: set, built });
      // A set held empty for want of anything better is no good content to come back to.
      const held = built.problems.some((problem) => problem.kind === 'full' && problem.instead === 'empty');
      if (built.rendered !== undefined && !held) lastGood.set(name, built.rendered.addresses);
    }
    this.#kept = kept;
    this.#lastGood = lastGood;
    const all = [...kept.values()].map(({ built }) => built);
    const rendered = all.flatMap((set) => (set.rendered === undefined ? [] : [set.rendered]));
    return {
      ...assembleSets(rendered),
      problems: all.flatMap((set) => set.problems),
      sets: new Map(rendered.map((set) => [set.name, set.addresses])),
    };
  }
}
