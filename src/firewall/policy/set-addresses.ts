import type { Family } from '../addresses/family.js';
import { fullText } from '../addresses/full-text.js';
import type { Dialect } from '../dialect.js';
import { finish } from '../finish.js';
import type { AddressList, AddressMaps } from '../rules/emission.js';
import type { Lookup } from '../rules/lookup.js';
import type { WantedSet } from '../sets/build-set.js';
import { canonicalSetInSteps } from '../sets/canonical-set.js';
import { setName } from '../sets/set-name.js';
import { mapInSteps, sortTextsInSteps } from '../steps.js';
import { type WantedByName } from './wanted-by-name.js';

/** The addresses that rules hold instead of a set: with prefix length, as `iptables-save` prints them. */
function* ruleAddresses(set: WantedSet, dialect: Dialect): Generator<void, AddressList> {
  const { addresses, family, order, unreadable } = set;
  if (unreadable !== undefined) return { unknown: unreadable };
  if (dialect === 'dog2') {
    const canonical = yield* canonicalSetInSteps(addresses, family, dialect);
    return yield* mapInSteps(canonical.addresses, (text) => fullText(text, family) ?? text);
  }
  const texts = yield* mapInSteps(addresses, (text) => (typeof text === 'string' ? fullText(text, family) : undefined));
  const unique = [...new Set(texts.filter((text) => text !== undefined))];
  return order === 'given' ? unique : yield* sortTextsInSteps(unique);
}

/** Addresses of sets for rules, each worked out when it is first asked for: most are named by few rules, or none. */
export class SetAddresses {
  readonly #wanted: WantedByName;
  readonly #dialect: Dialect;
  readonly #made = new Map<string, AddressList>();

  constructor(wanted: WantedByName, dialect: Dialect) {
    this.#wanted = wanted;
    this.#dialect = dialect;
  }

  /** The addresses of a set, by its full name, with pauses; undefined: there is none. */
  *make(name: string): Generator<void, AddressList | undefined> {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const set = this.#wanted.get(name);
    if (set === undefined) return undefined;
    const made = yield* ruleAddresses(set, this.#dialect);
    // Whoever asked meanwhile got a list that must stay the same one.
    const first = this.#made.get(name) ?? made;
    this.#made.set(name, first);
    return first;
  }

  /**
   * The addresses by name for rulesets without sets (docs/rulesets.md#where-addresses-come-from): the same merge as for
   * sets. What was not made before is made without a pause.
   */
  readonly maps: AddressMaps = {
    roleV4: this.#lookup('group', 'v4'),
    roleV6: this.#lookup('group', 'v6'),
    zoneV4: this.#lookup('zone', 'v4'),
    zoneV6: this.#lookup('zone', 'v6'),
  };

  #lookup(kind: WantedSet['kind'], family: Family): Lookup<AddressList> {
    return { get: (name) => finish(this.make(setName(name, kind, family))) };
  }
}

const made: Readonly<Record<Dialect, WeakMap<WantedByName, SetAddresses>>> = {
  dog1: new WeakMap(),
  dog2: new WeakMap(),
};

/** The addresses of these sets, the same object each time. */
export function setAddresses(wanted: WantedByName, dialect: Dialect): SetAddresses {
  let found = made[dialect].get(wanted);
  if (found === undefined) made[dialect].set(wanted, (found = new SetAddresses(wanted, dialect)));
  return found;
}
