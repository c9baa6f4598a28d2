import { type AddressSet, addressSet } from '../analysis/index.js';
import type { Dialect } from '../firewall/dialect.js';
import type { Policy } from '../firewall/policy/policy.js';
import { buildSet, type WantedSet } from '../firewall/sets/build-set.js';
import { readSetName } from '../firewall/sets/set-name.js';
import { type Contents, sameSet, wantedByName } from './set-changes.js';

interface Looked {
  readonly wanted: WantedSet;
  readonly set: AddressSet;
}

/** The sets that rules name, as addresses that can be compared: each is made once, and again when it holds others. */
export class SetLook {
  readonly #dialect: Dialect;
  /** The last two of each: of a set that a plan changes there is one before and one after. */
  readonly #known = new Map<string, readonly Looked[]>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** What the set of this name holds under a policy; undefined: nothing makes it, and it has no content that would stay. */
  get(policy: Policy, name: string, contents: Contents): AddressSet | undefined {
    const family = readSetName(name)?.family;
    if (family === undefined) return undefined;
    const wanted = wantedByName(policy, this.#dialect).get(name);
    if (wanted === undefined) {
      // A set that vanishes stays as it is for as long as rules name it.
      const staying = contents.get(name);
      return staying === undefined ? undefined : addressSet(family, staying);
    }
    const kept = this.#known.get(name) ?? [];
    const known = kept.find((one) => one.wanted === wanted) ?? kept.find((one) => sameSet(one.wanted, wanted));
    if (known !== undefined) {
      // The same policy is asked again with the same object, which needs no comparison then.
      if (known.wanted !== wanted) this.#keep(name, { wanted, set: known.set });
      return known.set;
    }
    const { rendered } = buildSet(wanted, this.#dialect, contents.get(name));
    if (rendered === undefined) return undefined;
    const set = addressSet(family, rendered.addresses);
    this.#keep(name, { wanted, set });
    return set;
  }

  #keep(name: string, looked: Looked): void {
    const others = (this.#known.get(name) ?? []).filter(({ set }) => set !== looked.set);
    this.#known.set(name, [looked, ...others].slice(0, 2));
  }
}
