import { type AddressSet, type ByFamily, countOf, holds, isWithin } from '../analysis/index.js';

/** Addresses that have a name, as an END has it: `zone:office`. */
export interface NamedAddresses {
  readonly name: string;
  readonly addresses: ByFamily<AddressSet>;
}

/** Names that an answer gives of one set of addresses. */
const MOST_NAMES = 20;
/** Bounds of a set that is found again by what it holds, and how many such sets are. */
const SMALL = 64;
const MOST_SMALL = 10_000;
/** Bounds of a set that is worth a pause of its own. */
const LARGE = 10_000;
/** Names looked at between two pauses. */
const A_STEP = 200;

/**
 * Names of addresses: those of zones, groups and hosts that hold all of them, the fewest addresses first; where there is
 * no such, those that lie wholly within them. At most 20.
 */
export class AddressNames {
  readonly #named: () => Generator<void, readonly NamedAddresses[]>;
  readonly #known = new WeakMap<AddressSet, readonly string[]>();
  /** Of small sets, by what they hold: each group has objects of its own for the same addresses. */
  readonly #bySmall = new Map<string, readonly string[]>();

  /** `named`: all that have a name. */
  constructor(named: () => Generator<void, readonly NamedAddresses[]>) {
    this.#named = named;
  }

  *of(addresses: AddressSet): Generator<void, readonly string[]> {
    const known = this.#known.get(addresses);
    if (known !== undefined) return known;
    const { family, bounds } = addresses;
    const key = bounds.length > SMALL ? undefined : `${family} ${bounds.join()}`;
    const names = (key === undefined ? undefined : this.#bySmall.get(key)) ?? (yield* this.#look(addresses));
    if (key !== undefined && this.#bySmall.size < MOST_SMALL) this.#bySmall.set(key, names);
    this.#known.set(addresses, names);
    return names;
  }

  *#look(addresses: AddressSet): Generator<void, readonly string[]> {
    const [first] = addresses.bounds;
    if (first === undefined) return [];
    const { family } = addresses;
    const around: { readonly name: string; readonly size: bigint }[] = [];
    const within: string[] = [];
    let done = 0;
    for (const { name, addresses: named } of yield* this.#named()) {
      const own = named[family];
      done += 1 + own.bounds.length / 100;
      if (done > A_STEP) {
        done = 0;
        yield;
      }
      const [start] = own.bounds;
      if (start === undefined) continue;
      if (holds(own, first) && isWithin(addresses, own)) {
        // To count a large set takes as long as to see whether it holds the addresses.
        if (own.bounds.length > LARGE) yield;
        around.push({ name, size: countOf(own) });
      } else if (within.length < MOST_NAMES && holds(addresses, start) && isWithin(own, addresses)) within.push(name);
    }
    around.sort((a, b) => (a.size < b.size ? -1 : a.size > b.size ? 1 : 0));
    return around.length === 0 ? within : around.slice(0, MOST_NAMES).map(({ name }) => name);
  }
}
