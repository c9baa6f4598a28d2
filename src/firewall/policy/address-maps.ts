import type { Family } from '../addresses/family.js';
import { fullText } from '../addresses/full-text.js';
import type { Dialect } from '../dialect.js';
import { sortByBytes } from '../hash/byte-order.js';
import type { AddressList, AddressMaps } from '../rules/emission.js';
import type { WantedSet } from '../sets/build-set.js';
import { canonicalSet } from '../sets/canonical-set.js';

/** The addresses that rules hold instead of a set: with prefix length, as `iptables-save` prints them. */
function ruleAddresses({ addresses, family, order }: WantedSet, dialect: Dialect): readonly string[] {
  if (dialect === 'dog2') {
    return canonicalSet(addresses, family, dialect).addresses.map((text) => fullText(text, family) ?? text);
  }
  const texts = addresses.flatMap((text) => (typeof text === 'string' ? (fullText(text, family) ?? []) : []));
  const unique = [...new Set(texts)];
  return order === 'given' ? unique : sortByBytes(unique);
}

/** Computes a set's addresses when a rule first asks for them: most sets are named by few rules, or none. */
class LazyAddresses extends Map<string, AddressList> {
  readonly #wanted: ReadonlyMap<string, WantedSet>;
  readonly #dialect: Dialect;

  constructor(wanted: readonly WantedSet[], kind: WantedSet['kind'], family: Family, dialect: Dialect) {
    super();
    const own = wanted.filter((set) => set.kind === kind && set.family === family);
    this.#wanted = new Map(own.map((set) => [set.base, set]));
    this.#dialect = dialect;
  }

  override get(name: string): AddressList | undefined {
    const found = super.get(name);
    if (found !== undefined) return found;
    const set = this.#wanted.get(name);
    if (set === undefined) return undefined;
    const made = set.unreadable === undefined ? ruleAddresses(set, this.#dialect) : { unknown: set.unreadable };
    this.set(name, made);
    return made;
  }
}

/**
 * The addresses by name for rulesets without sets (docs/rulesets.md#where-addresses-come-from): the same merge as for
 * sets. These maps only answer `get`; they hold what was asked for so far.
 */
export function addressMaps(wanted: readonly WantedSet[], dialect: Dialect): AddressMaps {
  return {
    roleV4: new LazyAddresses(wanted, 'group', 'v4', dialect),
    roleV6: new LazyAddresses(wanted, 'group', 'v6', dialect),
    zoneV4: new LazyAddresses(wanted, 'zone', 'v4', dialect),
    zoneV6: new LazyAddresses(wanted, 'zone', 'v6', dialect),
  };
}
