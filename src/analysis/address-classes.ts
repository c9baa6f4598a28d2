import type { Family } from '../firewall/addresses/family.js';
import { type AddressSet, END, NOBODY, type Point, rankOf, START } from './address-set.js';

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

/** The place of the set that is so much longer than all others together that its bounds are looked up; -1: none is. */
function muchLonger(sets: readonly AddressSet[]): number {
  let longest = -1;
  let all = 0;
  for (const [at, { bounds }] of sets.entries()) {
    all += bounds.length;
    if (bounds.length > (sets[longest]?.bounds.length ?? 0)) longest = at;
  }
  const most = sets[longest]?.bounds.length ?? 0;
  return (all - most) * MUCH_LONGER < most ? longest : -1;
}

/** Begins an interval; where the one before ends there, goes on with that. */
function turnAt(bounds: Point[], from: Point): void {
  if (bounds.length > 0 && bounds.at(-1) === from) bounds.pop();
  else bounds.push(from);
}

/**
 * The address space in pieces, cut where all sets but the longest begin and end. The longest one is not gone through: a
 * piece has addresses in it, not in it, or both, and so is of one class or of two.
 */
class SweptClasses implements AddressClasses {
  readonly #family: Family;
  readonly #sets: ReadonlyMap<string, number>;
  readonly #joined = new Map<string, AddressSet>();
  readonly #signatures: Signatures;
  /** The bounds of the set that is much longer than all others together, or none; and its place among them. */
  readonly #long: readonly Point[];
  readonly #longAt: number;
  /** Where each piece begins; it ends where the next one does. */
  readonly #starts: Point[] = [];
  /** The signature of each class. */
  readonly #ofClass: number[] = [];
  /** The pieces that have addresses of each class, rising. */
  readonly #pieces: number[][] = [];
  readonly #members = new Map<AddressSet, readonly number[]>();

  constructor(family: Family, sets: readonly AddressSet[]) {
    this.#family = family;
    this.#sets = new Map(sets.map((set, index) => [nameOf(set), index]));
    this.#signatures = new Signatures(sets.length);
    this.#longAt = muchLonger(sets);
    this.#long = sets[this.#longAt]?.bounds ?? [];
  }

  /** Divides addresses by these sets, those that this was made for; once. */
  *divide(sets: readonly AddressSet[]): Generator<void, void> {
    const others = sets.map((set, at) => (at === this.#longAt ? NOBODY[this.#family] : set));
    const { points, owners } = yield* sweepOf(others);
    const classOf = new Map<number, number>();
    const end = END[this.#family];
    let from = START[this.#family];
    let signature = 0;
    for (let at = 0; at <= points.length; at += 1) {
      if (at % A_STEP === A_STEP - 1) yield;
      const to = at < points.length ? (points[at] as Point) : end;
      if (from !== to) this.#put(from, to, signature, classOf);
      from = to;
      if (at < points.length) signature = this.#signatures.turn(signature, owners[at] as number);
    }
  }

  /** The piece from one point to another, of addresses that are in just the same of the other sets. */
  #put(from: Point, to: Point, signature: number, classOf: Map<number, number>): void {
    const piece = this.#starts.push(from) - 1;
    const add = (own: number): void => {
      let id = classOf.get(own);
      if (id === undefined) {
        id = this.#ofClass.push(own) - 1;
        classOf.set(own, id);
        this.#pieces.push([]);
      }
      (this.#pieces[id] as number[]).push(piece);
    };
    if (this.#longAt < 0) return add(signature);
    const rank = rankOf(this.#long, from);
    const inside = this.#signatures.turn(signature, this.#longAt);
    const isInside = (rank & 1) === 1;
    add(isInside ? inside : signature);
    if (rank < this.#long.length && (this.#long[rank] as Point) < to) add(isInside ? signature : inside);
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
    const parts = classes.flatMap((id) => (this.#pieces[id] as number[]).map((piece) => ({ piece, id })));
    // Those of one class rise already. A piece of which two classes are wanted comes twice: it is whole then.
    if (classes.length > 1) parts.sort((a, b) => a.piece - b.piece);
    const bounds: Point[] = [];
    for (let at = 0; at < parts.length; at += 1) {
      const { piece, id } = parts[at] as (typeof parts)[number];
      const from = this.#starts[piece] as Point;
      const to = this.#starts[piece + 1] ?? END[this.#family];
      const twice = parts[at + 1]?.piece === piece;
      if (twice) at += 1;
      if (this.#longAt < 0 || twice) {
        turnAt(bounds, from);
        bounds.push(to);
      } else this.#addPart(bounds, from, to, this.#signatures.has(this.#ofClass[id] as number, this.#longAt));
    }
    return { family: this.#family, bounds };
  }

  /** What of a piece is in the long set, or (`inside` false) not in it. */
  #addPart(bounds: Point[], from: Point, to: Point, inside: boolean): void {
    const long = this.#long;
    let next = rankOf(long, from);
    let open = ((next & 1) === 1) === inside;
    if (open) turnAt(bounds, from);
    for (; next < long.length && (long[next] as Point) < to; next += 1) {
      bounds.push(long[next] as Point);
      open = !open;
    }
    if (open) bounds.push(to);
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
