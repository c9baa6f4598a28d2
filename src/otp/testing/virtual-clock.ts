import { comeDue } from '../process/clock.js';
import type { Clock, Due, TimerHandle } from '../process/clock.js';

interface Waiting {
  readonly due: number;
  /** Ties fire in the order they were set. */
  readonly order: number;
  fire: Due | undefined;
}

/** A clock that moves only when told. Timers fire in due order; those set by a firing timer are honoured too. */
export interface VirtualClock extends Clock {
  /** Timers set and neither fired nor cleared: the orphan count of a test. */
  readonly pending: number;
  /** Milliseconds (monotonic) at which the next timer is due. */
  nextDue(): number | undefined;
  /** Moves to the next due timer and fires all that are due at that very instant; false if there is none. */
  fireNext(): boolean;
  /** Moves `ms` on, firing on the way. `settle` runs after each instant, so that actors can react and set new timers. */
  advance(ms: number, settle?: () => Promise<void>): Promise<void>;
  /** The wall clock jumps by `ms` (also back); the monotonic clock and the timers don't notice. */
  jump(ms: number): void;
}

function before(a: Waiting, b: Waiting): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}

/** Binary heap; cleared timers stay in it, emptied, until they surface. */
class Heap {
  readonly #items: Waiting[] = [];

  push(item: Waiting): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = items[up] as Waiting;
      if (!before(item, parent)) break;
      items[at] = parent;
      at = up;
    }
    items[at] = item;
  }

  /** The first timer still set, without taking it. */
  peek(): Waiting | undefined {
    while (this.#items[0] !== undefined && this.#items[0].fire === undefined) this.pop();
    return this.#items[0];
  }

  pop(): Waiting | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      const right = items[child + 1];
      if (right !== undefined && before(right, items[child] as Waiting)) child++;
      if (!before(items[child] as Waiting, last)) break;
      items[at] = items[child] as Waiting;
      at = child;
    }
    items[at] = last;
    return top;
  }
}

/** Makes a virtual clock that starts at wall time `start` (epoch milliseconds) and monotonic 0. */
export function virtualClock(start = Date.UTC(2026, 0, 1)): VirtualClock {
  const heap = new Heap();
  let time = 0;
  let offset = start;
  let order = 0;
  let pending = 0;

  const clock: VirtualClock = {
    get pending() {
      return pending;
    },
    now: () => offset + time,
    monotonic: () => time,
    setTimer: (ms, fire) => {
      const timer: Waiting = { due: time + Math.max(0, ms), order: order++, fire };
      pending++;
      if (ms !== Infinity) heap.push(timer);
      return timer;
    },
    clearTimer: (handle: TimerHandle) => {
      const timer = handle as Waiting;
      if (timer.fire !== undefined) pending--;
      timer.fire = undefined;
    },
    nextDue: () => heap.peek()?.due,
    fireNext: () => {
      const due = heap.peek()?.due;
      if (due === undefined) return false;
      time = Math.max(time, due);
      for (let next = heap.peek(); next !== undefined && next.due <= due; next = heap.peek()) {
        heap.pop();
        const fire = next.fire;
        next.fire = undefined;
        pending--;
        if (fire !== undefined) comeDue(fire);
      }
      return true;
    },
    advance: async (ms, settle = () => Promise.resolve()) => {
      const end = time + ms;
      await settle();
      for (let due = clock.nextDue(); due !== undefined && due <= end; due = clock.nextDue()) {
        clock.fireNext();
        await settle();
      }
      time = end;
      await settle();
    },
    jump: (ms) => {
      offset += ms;
    },
  };
  return clock;
}
