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
  readonly #known = new Map<string, Looked>();

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
      const kept = contents.get(name);
      return kept === undefined ? undefined : addressSet(family, kept);
    }
    const known = this.#known.get(name);
    if (known !== undefined && sameSet(known.wanted, wanted)) return known.set;
    const { rendered } = buildSet(wanted, this.#dialect, contents.get(name));
    if (rendered === undefined) return undefined;
    const set = addressSet(family, rendered.addresses);
    this.#known.set(name, { wanted, set });
    return set;
  }
}
