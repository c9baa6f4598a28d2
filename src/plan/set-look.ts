import type { AddressSet } from '../analysis/index.js';
import type { Dialect } from '../firewall/dialect.js';
import type { Policy } from '../firewall/policy/policy.js';
import type { RenderedSet, SetPrinter } from '../firewall/printer.js';
import { buildSetInSteps, type BuiltSet, type WantedSet } from '../firewall/sets/build-set.js';
import { wantedByName } from '../firewall/policy/wanted-by-name.js';
import { readSetName, setName, type SetKind } from '../firewall/sets/set-name.js';
import type { Family } from '../firewall/addresses/family.js';
import { listedSet } from './listed-set.js';
import { type Contents, sameSet } from './same-set.js';

interface Looked {
  readonly wanted: WantedSet;
  readonly lastGood: readonly string[] | undefined;
  readonly built: BuiltSet;
}

function bare(base: string, kind: SetKind, family: Family, addresses: readonly string[]): RenderedSet {
  return { name: setName(base, kind, family), base, kind, family, addresses, text: [], hashed: [] };
}

/** Plans look at addresses alone: no lines are made of them. */
const BARE: Pick<SetPrinter, 'render'> = {
  *render(base, kind, family, addresses) {
    return bare(base, kind, family, addresses);
  },
};

/** The sets that rules name, as addresses that can be compared: each is made once, and again when it holds others. */
export class SetLook {
  readonly #dialect: Dialect;
  /** The last two of each: of a set that a plan changes there is one before and one after. */
  readonly #known = new Map<string, readonly Looked[]>();
  /** By the very object that a policy wants, as long as that is: two policies are asked by turns. */
  readonly #byWanted = new WeakMap<WantedSet, Looked>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** What the set of this name holds under a policy; undefined: nothing makes it, and it has no content that would stay.
   * With pauses. */
  *get(policy: Policy, name: string, contents: Contents): Generator<void, AddressSet | undefined> {
    const family = readSetName(name)?.family;
    if (family === undefined) return undefined;
    const wanted = (yield* wantedByName(policy, this.#dialect)).get(name);
    // A set that vanishes stays as it is for as long as rules name it.
    const addresses =
      wanted === undefined
        ? contents.get(name)
        : (yield* this.built(name, wanted, contents.get(name))).rendered?.addresses;
    return addresses === undefined ? undefined : yield* listedSet(family, addresses);
  }

  /**
   * A set made as it is wanted, without its lines, with pauses. `lastGood`: its addresses now, which stand in where it cannot be made.
   * One that differs little from what it was before, or is now, is made from that.
   */
  *built(name: string, wanted: WantedSet, lastGood: readonly string[] | undefined): Generator<void, BuiltSet> {
    // The same policy is asked again with the same object, which needs no comparison then.
    const asked = this.#byWanted.get(wanted);
    if (asked !== undefined && holdsYet(asked, lastGood)) return asked.built;
    const kept = this.#known.get(name) ?? [];
    const known = kept.find((one) => sameSet(one.wanted, wanted) && holdsYet(one, lastGood));
    const { base, kind, family } = wanted;
    const before = kept[0]?.built.rendered ?? (lastGood && bare(base, kind, family, lastGood));
    const built = known?.built ?? (yield* buildSetInSteps(wanted, this.#dialect, lastGood, BARE, before));
    const looked = { wanted, lastGood, built };
    this.#byWanted.set(wanted, looked);
    this.#known.set(name, [looked, ...kept.filter((one) => one.built !== built)].slice(0, 2));
    return built;
  }
}

/** Whether nothing stands in for what cannot be made or lacks something, or what does is still there. */
function holdsYet({ wanted, built, lastGood }: Looked, now: readonly string[] | undefined): boolean {
  if (lastGood === now) return true;
  return wanted.incomplete === undefined && !built.problems.some((problem) => 'instead' in problem);
}
