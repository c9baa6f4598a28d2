import { Fifo } from '../process/fifo.js';
import type { Pid } from '../process/pid.js';

/** A message or call that waits for its receiver to be started. */
export interface WaitingItem {
  deliver(pid: Pid): void;
  /** It will not be delivered: pushed out by newer ones, or the receiver is not going to start. */
  drop(why: 'overloaded' | 'noproc'): void;
}

/** Bounded queue in which the newest win: with a full one, the oldest is dropped for each that comes. */
export class WaitingRoom {
  readonly #limit: number;
  readonly #items = new Fifo<WaitingItem>();
  dropped = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#items.length;
  }

  add(item: WaitingItem): void {
    this.#items.push(item);
    while (this.#items.length > this.#limit) {
      this.dropped++;
      this.#items.shift()?.drop('overloaded');
    }
  }

  deliverAll(pid: Pid): void {
    for (const item of this.#items.drain()) item.deliver(pid);
  }

  /** Gives how many were dropped. */
  dropAll(): number {
    const items = this.#items.drain();
    for (const item of items) item.drop('noproc');
    return items.length;
  }
}
