import type { Family } from '../firewall/addresses/family.js';
import { type AddressSet, END, joinNets, type Point, START } from './address-set.js';

/**
 * The address space of a family, cut where the given sets begin and end: addresses that are in just the same sets form
 * one class (atomic predicates: Yang and Lam, "Real-time verification of network properties using atomic predicates").
 */
export interface AddressClasses {
  readonly count: number;
  /** The classes that a set (one of those given) consists of, rising. */
  members(set: AddressSet): readonly number[];
  /** All addresses of these classes. */
  addresses(classes: readonly number[]): AddressSet;
}

/** Bounds of several sets in address order; `owners` tells whose each is. */
interface Sweep {
  readonly points: readonly Point[];
  readonly owners: readonly number[];
}

/** Merges the sorted bounds of the sets from `low` to `high`. */
function sweepOf(sets: readonly AddressSet[], low: number, high: number): Sweep {
  if (high - low === 1) {
    const { bounds } = sets[low] as AddressSet;
    return { points: bounds, owners: new Array<number>(bounds.length).fill(low) };
  }
  const middle = (low + high) >> 1;
  const a = sweepOf(sets, low, middle);
  const b = sweepOf(sets, middle, high);
  const points: Point[] = [];
  const owners: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.points.length || j < b.points.length) {
    const fromB = b.points[j];
    if (fromB === undefined || (i < a.points.length && (a.points[i] as Point) <= fromB)) {
      points.push(a.points[i] as Point);
      owners.push(a.owners[i] as number);
      i += 1;
    } else {
      points.push(fromB);
      owners.push(b.owners[j] as number);
      j += 1;
    }
  }
  return { points, owners };
}

/** Which sets an address is in: a bit per set. Each combination is met once and has a number. */
class Signatures {
  readonly #sets: number;
  readonly #bits: Uint32Array[];
  readonly #byKey = new Map<string, number>();
  /** signature * sets + set: the signature with that set entered or left. */
  readonly #turned = new Map<number, number>();

  constructor(sets: number) {
    this.#sets = sets;
    const none = new Uint32Array((sets >> 5) + 1);
    this.#bits = [none];
    this.#byKey.set(none.join(), 0);
  }

  turn(signature: number, set: number): number {
    const step = signature * this.#sets + set;
    const known = this.#turned.get(step);
    if (known !== undefined) return known;
    const bits = (this.#bits[signature] as Uint32Array).slice();
    bits[set >> 5] = (bits[set >> 5] as number) ^ (1 << (set & 31));
    const key = bits.join();
    let found = this.#byKey.get(key);
    if (found === undefined) {
      found = this.#bits.push(bits) - 1;
      this.#byKey.set(key, found);
    }
    this.#turned.set(step, found);
    return found;
  }

  has(signature: number, set: number): boolean {
    return (((this.#bits[signature] as Uint32Array)[set >> 5] as number) & (1 << (set & 31))) !== 0;
  }
}

class SweptClasses implements AddressClasses {
  readonly #family: Family;
  readonly #sets: ReadonlyMap<string, number>;
  readonly #joined = new Map<string, AddressSet>();
  readonly #signatures: Signatures;
  /** The signature of each class. */
  readonly #ofClass: number[] = [];
  /** The stretches of addresses of each class. */
  readonly #stretches: (readonly [Point, Point])[][] = [];
  readonly #members = new Map<AddressSet, readonly number[]>();

  constructor(family: Family, sets: readonly AddressSet[]) {
    this.#family = family;
    this.#sets = new Map(sets.map((set, index) => [nameOf(set), index]));
    this.#signatures = new Signatures(sets.length);
    const { points, owners } = sets.length === 0 ? { points: [], owners: [] } : sweepOf(sets, 0, sets.length);
    const classOf = new Map<number, number>();
    let signature = 0;
    let from = START[family];
    const close = (to: Point): void => {
      if (from === to) return;
      let id = classOf.get(signature);
      if (id === undefined) {
        id = this.#ofClass.push(signature) - 1;
        classOf.set(signature, id);
        this.#stretches.push([]);
      }
      (this.#stretches[id] as (readonly [Point, Point])[]).push([from, to]);
      from = to;
    };
    for (let at = 0; at < points.length; at += 1) {
      close(points[at] as Point);
      signature = this.#signatures.turn(signature, owners[at] as number);
    }
    close(END[family]);
  }

  get count(): number {
    return this.#ofClass.length;
  }

  members(set: AddressSet): readonly number[] {
    let found = this.#members.get(set);
    if (found === undefined) {
      const index = this.#sets.get(nameOf(set));
      if (index === undefined) throw new Error('classes were asked for a set that they were not made of');
      found = [...this.#ofClass.keys()].filter((id) => this.#signatures.has(this.#ofClass[id] as number, index));
      this.#members.set(set, found);
    }
    return found;
  }

  addresses(classes: readonly number[]): AddressSet {
    const key = classes.join();
    let found = this.#joined.get(key);
    if (found === undefined) {
      found = joinNets(
        this.#family,
        classes.flatMap((id) => this.#stretches[id] as (readonly [Point, Point])[]),
      );
      if (this.#joined.size >= MOST_JOINED) this.#joined.clear();
      this.#joined.set(key, found);
    }
    return found;
  }
}

/** Unions of classes that are kept of one division. */
const MOST_JOINED = 64;
/** Bounds up to which a set's name is what it holds; larger ones are named by their object. */
const SMALL = 8;

const numbers = new WeakMap<AddressSet, number>();
let numbered = 0;

/** Equal for the same set; for small ones, for equal sets. */
function nameOf(set: AddressSet): string {
  if (set.bounds.length <= SMALL) return set.bounds.join(' ');
  let number = numbers.get(set);
  if (number === undefined) {
    number = numbered += 1;
    numbers.set(set, number);
  }
  return `#${number}`;
}

/** Divisions that are kept: most questions one after another are about the same large sets. */
const MOST_KEPT = 6;
const kept = new Map<string, AddressClasses>();

/** Makes the classes of these sets, each given once (`AddressBook`). */
export function addressClasses(family: Family, sets: readonly AddressSet[]): AddressClasses {
  const large = sets.some(({ bounds }) => bounds.length > LARGE);
  if (!large) return new SweptClasses(family, sets);
  const key = `${family} ${sets.map(nameOf).join(', ')}`;
  const classes = kept.get(key) ?? new SweptClasses(family, sets);
  kept.delete(key);
  kept.set(key, classes);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
  return classes;
}

/** Bounds of a set from which on dividing takes so long that it is worth keeping. */
const LARGE = 1000;
