import type { Family } from '../firewall/addresses/family.js';
import { type AddressSet, END, joinNets, type Point, rankOf, START } from './address-set.js';

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
  readonly owners: Int32Array;
}

/** How much longer one side must be for where the other's points go to be looked up, not walked to. */
const MUCH_LONGER = 16;

/** The place of the first point behind this one, walking on from a place before. */
function walkTo(points: readonly Point[], from: number, point: Point): number {
  let at = from;
  while (at < points.length && (points[at] as Point) <= point) at += 1;
  return at;
}

/** Merges two; equal points come in any order. */
function merged(one: Sweep, other: Sweep): Sweep {
  const [short, long] = one.points.length <= other.points.length ? [one, other] : [other, one];
  const isMuchLonger = short.points.length * MUCH_LONGER < long.points.length;
  const count = short.points.length + long.points.length;
  const points = new Array<Point>(count);
  const owners = new Int32Array(count);
  let place = 0;
  let next = 0;
  const takeLong = (until: number): void => {
    for (; next < until; next += 1, place += 1) {
      points[place] = long.points[next] as Point;
      owners[place] = long.owners[next] as number;
    }
  };
  for (const [at, point] of short.points.entries()) {
    takeLong(isMuchLonger ? rankOf(long.points, point) : walkTo(long.points, next, point));
    points[place] = point;
    owners[place] = short.owners[at] as number;
    place += 1;
  }
  takeLong(long.points.length);
  return { points, owners };
}

/** Merges those from `low` to `high`, which come by length: one that is longer than all others is gone through once. */
function* allMerged(sweeps: readonly Sweep[], low: number, high: number): Generator<void, Sweep> {
  const last = sweeps[high - 1] as Sweep;
  if (high - low === 1) return last;
  let others = 0;
  for (let at = low; at < high - 1; at += 1) others += (sweeps[at] as Sweep).points.length;
  const middle = last.points.length >= others ? high - 1 : (low + high) >> 1;
  const both = merged(yield* allMerged(sweeps, low, middle), yield* allMerged(sweeps, middle, high));
  if (both.points.length > LARGE) yield;
  return both;
}

/** Merges the sorted bounds of the sets; with pauses, if they are many. */
function* sweepOf(sets: readonly AddressSet[]): Generator<void, Sweep> {
  if (sets.length === 0) return { points: [], owners: new Int32Array(0) };
  const sweeps = sets.map(({ bounds }, owner): Sweep => ({
    points: bounds,
    owners: new Int32Array(bounds.length).fill(owner),
  }));
  sweeps.sort((a, b) => a.points.length - b.points.length);
  return yield* allMerged(sweeps, 0, sweeps.length);
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
  /** The stretches of addresses of each class, as bounds: those of one class do not touch. */
  readonly #stretches: Point[][] = [];
  readonly #members = new Map<AddressSet, readonly number[]>();

  constructor(family: Family, sets: readonly AddressSet[]) {
    this.#family = family;
    this.#sets = new Map(sets.map((set, index) => [nameOf(set), index]));
    this.#signatures = new Signatures(sets.length);
  }

  /** Divides addresses by these sets, those that this was made for; once. */
  *divide(sets: readonly AddressSet[]): Generator<void, void> {
    const { points, owners } = yield* sweepOf(sets);
    const classOf = new Map<number, number>();
    let signature = 0;
    let from = START[this.#family];
    const close = (to: Point): void => {
      if (from === to) return;
      let id = classOf.get(signature);
      if (id === undefined) {
        id = this.#ofClass.push(signature) - 1;
        classOf.set(signature, id);
        this.#stretches.push([]);
      }
      (this.#stretches[id] as Point[]).push(from, to);
      from = to;
    };
    for (let at = 0; at < points.length; at += 1) {
      if (at % A_STEP === A_STEP - 1) yield;
      close(points[at] as Point);
      signature = this.#signatures.turn(signature, owners[at] as number);
    }
    close(END[this.#family]);
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

  #union(classes: readonly number[]): AddressSet {
    const [first, ...others] = classes;
    const family = this.#family;
    if (first !== undefined && others.length === 0) return { family, bounds: this.#stretches[first] as Point[] };
    const nets: (readonly [Point, Point])[] = [];
    for (const id of classes) {
      const bounds = this.#stretches[id] as Point[];
      for (let at = 0; at < bounds.length; at += 2) nets.push([bounds[at] as Point, bounds[at + 1] as Point]);
    }
    return joinNets(family, nets);
  }

  addresses(classes: readonly number[]): AddressSet {
    const key = classes.join();
    let found = this.#joined.get(key);
    if (found === undefined) {
      found = this.#union(classes);
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

/** Makes the classes of these sets, each given once (`AddressBook`); with pauses, if they are large. */
export function* addressClasses(family: Family, sets: readonly AddressSet[]): Generator<void, AddressClasses> {
  if (!sets.some(({ bounds }) => bounds.length > LARGE)) return yield* divided(family, sets);
  const key = `${family} ${sets.map(nameOf).join(', ')}`;
  const classes = kept.get(key) ?? (yield* divided(family, sets));
  keep(key, classes);
  return classes;
}

function* divided(family: Family, sets: readonly AddressSet[]): Generator<void, AddressClasses> {
  const classes = new SweptClasses(family, sets);
  yield* classes.divide(sets);
  return classes;
}

function keep(key: string, classes: AddressClasses): void {
  kept.delete(key);
  kept.set(key, classes);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
}

/** Bounds that are gone through between two pauses. */
const A_STEP = 8192;
/** Bounds of a set from which on dividing takes so long that it is worth keeping. */
const LARGE = 1000;
