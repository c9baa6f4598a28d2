import { type AddressSet, sameAddresses } from './address-set.js';

/** Gives equal sets of addresses one object and one number, so that they are compared once. */
export class AddressBook {
  readonly #ids = new Map<AddressSet, number>();
  readonly #byShape = new Map<string, AddressSet[]>();
  #next = 0;

  /** The object that stands for this set and all that are equal to it. */
  intern(set: AddressSet): AddressSet {
    if (this.#ids.has(set)) return set;
    const { bounds, family } = set;
    const shape = `${family} ${bounds.length} ${bounds[0]} ${bounds[bounds.length >> 1]} ${bounds.at(-1)}`;
    const alike = this.#byShape.get(shape);
    const same = alike?.find((other) => sameAddresses(other, set));
    if (same !== undefined) return same;
    if (alike === undefined) this.#byShape.set(shape, [set]);
    else alike.push(set);
    this.#ids.set(set, this.#next);
    this.#next += 1;
    return set;
  }

  /** The number of a set: the same for equal ones. */
  id(set: AddressSet): number {
    return this.#ids.get(this.intern(set)) as number;
  }
}
