const SMALLEST = 2;
/** A ring larger than this is given back once it has run empty. */
const KEPT = 64;

/** A full ring's items, from its head on, in one of twice the size. */
function grown<T>(ring: readonly (T | undefined)[], head: number): (T | undefined)[] {
  const bigger = new Array<T | undefined>(ring.length * 2).fill(undefined);
  for (let i = 0; i < ring.length; i++) bigger[i] = ring[(head + i) & (ring.length - 1)];
  return bigger;
}

/**
 * First in, first out, in a ring that grows by doubling: every step is O(1), also at the head of a long queue. One that
 * never held more than one item at a time costs no array: each process has one as its mailbox, and there is one for each host.
 */
export class Fifo<T> {
  /** The item of one that has no ring. */
  #only: T | undefined = undefined;
  #ring: (T | undefined)[] | undefined = undefined;
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    let ring = this.#ring;
    if (ring === undefined) {
      if (this.#length === 0) {
        this.#only = item;
        this.#length = 1;
        return;
      }
      ring = this.#ring = new Array<T | undefined>(SMALLEST).fill(undefined);
      ring[0] = this.#only;
      this.#only = undefined;
    } else if (this.#length === ring.length) {
      ring = this.#ring = grown(ring, this.#head);
      this.#head = 0;
    }
    ring[(this.#head + this.#length) & (ring.length - 1)] = item;
    this.#length++;
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const ring = this.#ring;
    if (ring === undefined) {
      const only = this.#only;
      this.#only = undefined;
      this.#length = 0;
      return only;
    }
    const item = ring[this.#head];
    ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (ring.length - 1);
    if (--this.#length === 0 && ring.length > KEPT) this.#ring = undefined;
    if (this.#ring === undefined) this.#head = 0;
    return item;
  }

  /** The item that is `at` places behind the next one, left where it is. */
  at(at: number): T | undefined {
    if (at >= this.#length) return undefined;
    if (this.#ring === undefined) return this.#only;
    return this.#ring[(this.#head + at) & (this.#ring.length - 1)];
  }

  /** Takes out those that are `wanted`, in order; the others stay in theirs. */
  takeWhere(wanted: (item: T) => boolean): T[] {
    const taken: T[] = [];
    for (let left = this.#length; left > 0; left--) {
      const item = this.shift() as T;
      if (wanted(item)) taken.push(item);
      else this.push(item);
    }
    return taken;
  }

  /** Takes everything out, in order. */
  drain(): T[] {
    const all: T[] = [];
    for (let item = this.shift(); item !== undefined; item = this.shift()) all.push(item);
    this.#ring = undefined;
    this.#head = 0;
    return all;
  }
}
