/** Most mailboxes hold one message at a time, and there is one for each host. */
const SMALLEST = 2;
/** A ring larger than this is given back once it has run empty. */
const KEPT = 64;

/**
 * First in, first out, in a ring that grows by doubling: every step is O(1), also at the head of a long queue. One that
 * never held anything costs no array, so each process can have one as its mailbox.
 */
export class Fifo<T> {
  #ring: (T | undefined)[] | undefined = undefined;
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    let ring = this.#ring;
    if (ring === undefined) {
      ring = this.#ring = new Array<T | undefined>(SMALLEST).fill(undefined);
    } else if (this.#length === ring.length) {
      ring = this.#ring = this.#grown(ring);
    }
    ring[(this.#head + this.#length) & (ring.length - 1)] = item;
    this.#length++;
  }

  shift(): T | undefined {
    const ring = this.#ring;
    if (ring === undefined || this.#length === 0) return undefined;
    const item = ring[this.#head];
    ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (ring.length - 1);
    if (--this.#length === 0 && ring.length > KEPT) this.#ring = undefined;
    if (this.#ring === undefined) this.#head = 0;
    return item;
  }

  /** The item that is `at` places behind the next one, left where it is. */
  at(at: number): T | undefined {
    if (this.#ring === undefined || at >= this.#length) return undefined;
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

  #grown(ring: (T | undefined)[]): (T | undefined)[] {
    const bigger = new Array<T | undefined>(ring.length * 2).fill(undefined);
    for (let i = 0; i < this.#length; i++) bigger[i] = ring[(this.#head + i) & (ring.length - 1)];
    this.#head = 0;
    return bigger;
  }
}
