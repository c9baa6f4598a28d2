import type { Dialect } from '../firewall/dialect.js';
import type { Policy, PolicyFault } from '../firewall/policy/policy.js';
import { wantedSets } from '../firewall/policy/wanted-sets.js';
import { assembleSets } from '../firewall/sets/assemble-sets.js';
import { buildSet, type BuiltSet, type SetProblem, type WantedSet } from '../firewall/sets/build-set.js';
import type { LastGood } from '../firewall/sets/compile-sets.js';
import { setName } from '../firewall/sets/set-name.js';

/** All sets as they are to be published, made from the policy of one moment. */
export interface RenderedSets {
  readonly text: string;
  /** What agents report once they have loaded it. */
  readonly hash: string;
  /** Full names of all sets in it. */
  readonly names: ReadonlySet<string>;
  /** The lines of each, by name: of two renderings, which sets differ. */
  readonly blocks: ReadonlyMap<string, string>;
  /**
   * Those of them that could not be filled and never had a good content: groups that name them wait
   * (docs/rulesets.md#what-the-kernel-refuses).
   */
  readonly unusable: ReadonlySet<string>;
  readonly problems: readonly SetProblem[];
  /** Documents that were skipped or defaulted. */
  readonly faults: readonly PolicyFault[];
  /** Content of the sets that stand in with their last good one; worth keeping over a restart. */
  readonly standIns: LastGood;
}

interface Kept {
  readonly wanted: WantedSet;
  readonly built: BuiltSet;
}

const sameAddresses = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a === b || (a.length === b.length && a.every((address, i) => address === b[i]));

/**
 * Makes the sets from the policy, again and again: a set whose addresses are the ones it had is taken over as it was
 * rendered, so that one host's move costs its group's sets and `all-active`, not all of them. The outcome is the same as
 * if everything were made anew, but for sets over the kernel's limit, which keep what they last had.
 */
export class SetBook {
  readonly #policy: Policy;
  readonly #dialect: Dialect;
  #kept = new Map<string, Kept>();
  readonly #lastGood = new Map<string, readonly string[]>();
  /** The sets that were last handed to the broker: what single hosts are sent too. */
  published: RenderedSets | undefined = undefined;
  /** Sets of `published` whose newest content nobody took: the broker found it too large. Rulesets that name them wait. */
  untaken: ReadonlySet<string> = new Set();

  constructor(policy: Policy, dialect: Dialect) {
    this.#policy = policy;
    this.#dialect = dialect;
  }

  /** What a set had before it grew too large, from before a restart. */
  remember(lastGood: LastGood): void {
    for (const [name, addresses] of lastGood) if (!this.#lastGood.has(name)) this.#lastGood.set(name, addresses);
  }

  render(): RenderedSets {
    const { wanted, faults } = wantedSets(this.#policy, this.#dialect);
    const kept = new Map<string, Kept>();
    for (const set of wanted) {
      const name = setName(set.base, set.kind, set.family);
      kept.set(name, this.#make(name, set));
    }
    // A name that nobody has any more would be kept for ever; whoever takes it later is somebody else.
    for (const name of this.#kept.keys()) if (!kept.has(name)) this.#lastGood.delete(name);
    this.#kept = kept;
    const all = [...kept.values()].map(({ built }) => built);
    const rendered = all.flatMap((built) => (built.rendered === undefined ? [] : [built.rendered]));
    const problems = all.flatMap((built) => built.problems);
    const full = problems.filter((problem) => problem.kind === 'full');
    return {
      ...assembleSets(rendered),
      names: new Set(rendered.map(({ name }) => name)),
      blocks: new Map(rendered.map(({ name, block }) => [name, block])),
      unusable: new Set(full.filter(({ instead }) => instead === 'empty').map(({ set }) => set)),
      problems,
      faults,
      standIns: new Map(
        full.filter(({ instead }) => instead === 'last_good').map(({ set }) => [set, this.#lastGood.get(set) ?? []]),
      ),
    };
  }

  #make(name: string, wanted: WantedSet): Kept {
    const before = this.#kept.get(name);
    if (before?.wanted.order === wanted.order && sameAddresses(before.wanted.addresses, wanted.addresses))
      return before;
    const built = buildSet(wanted, this.#dialect, this.#lastGood.get(name));
    const isFull = built.problems.some(({ kind }) => kind === 'full');
    if (built.rendered !== undefined && !isFull) this.#lastGood.set(name, built.rendered.addresses);
    return { wanted, built };
  }
}
