import { type AddressSet, type ByFamily, countOf, holds, isWithin } from '../analysis/index.js';

/** Addresses that have a name, as an END has it: `zone:office`. */
export interface NamedAddresses {
  readonly name: string;
  readonly addresses: ByFamily<AddressSet>;
}

/** Names that an answer gives of one set of addresses. */
const MOST_NAMES = 20;
/** Names looked at between two pauses. */
const A_STEP = 200;

const sizes = new WeakMap<AddressSet, bigint>();
function sizeOf(set: AddressSet): bigint {
  let size = sizes.get(set);
  if (size === undefined) sizes.set(set, (size = countOf(set)));
  return size;
}

/**
 * Names of addresses: those of zones, groups and hosts that hold all of them, the fewest addresses first; where there is
 * no such, those that lie wholly within them. At most 20.
 */
export class AddressNames {
  readonly #named: () => Generator<void, readonly NamedAddresses[]>;
  readonly #known = new WeakMap<AddressSet, readonly string[]>();

  /** `named`: all that have a name. */
  constructor(named: () => Generator<void, readonly NamedAddresses[]>) {
    this.#named = named;
  }

  *of(addresses: AddressSet): Generator<void, readonly string[]> {
    const known = this.#known.get(addresses);
    if (known !== undefined) return known;
    const names = yield* this.#look(addresses);
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
      if (holds(own, first) && isWithin(addresses, own)) around.push({ name, size: sizeOf(own) });
      else if (within.length < MOST_NAMES && holds(addresses, start) && isWithin(own, addresses)) within.push(name);
    }
    around.sort((a, b) => (a.size < b.size ? -1 : a.size > b.size ? 1 : 0));
    return around.length === 0 ? within : around.slice(0, MOST_NAMES).map(({ name }) => name);
  }
}
