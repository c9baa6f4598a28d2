import { randomBytes } from 'node:crypto';

/** What an event has at least; its other members are plain JSON values. */
export interface BookEvent {
  readonly kind: string;
}

/** An event as the book keeps it. */
export interface Kept<E> {
  /** 1 for the first of this run, then one more each. */
  readonly seq: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly event: E;
}

/** What those who read along see of a book. */
export interface EventSource<E extends BookEvent> {
  /** Names the book among those of other servers and earlier runs: numbers of another run mean nothing here. */
  readonly run: string;
  /** The number of the newest event; 0: there is none yet. */
  readonly last: number;
  /** At most `limit` events after number `seq`, oldest first; `lost`: how many after it are not kept any more. */
  after(seq: number, limit: number): { readonly lost: number; readonly events: readonly Kept<E>[] };
  /** Calls `listener` after every later event, until the returned function is called. Listeners must not throw. */
  onPut(listener: () => void): () => void;
}

/** Longer strings of an event are cut, in characters. */
const LONGEST = 1000;

/**
 * The newest events, bounded in number and size: a plain object that outlives the actors. Who puts one in never waits;
 * who reads slowly finds that some are lost, and how many.
 */
export class EventBook<E extends BookEvent> implements EventSource<E> {
  readonly run = randomBytes(6).toString('hex');
  readonly #most: number;
  readonly #now: () => number;
  readonly #kept: Kept<E>[] = [];
  readonly #listeners = new Set<() => void>();
  #last = 0;

  /** `most`: how many events are kept; `now`: epoch milliseconds. */
  constructor({ most, now }: { readonly most: number; readonly now: () => number }) {
    this.#most = most;
    this.#now = now;
  }

  get last(): number {
    return this.#last;
  }

  put(event: E): void {
    this.#last += 1;
    this.#kept[this.#last % this.#most] = { seq: this.#last, at: this.#now(), event: cut(event) };
    for (const listener of this.#listeners) listener();
  }

  after(seq: number, limit: number): { readonly lost: number; readonly events: readonly Kept<E>[] } {
    const oldest = Math.max(1, this.#last - this.#most + 1);
    const first = Math.max(seq + 1, oldest);
    const events: Kept<E>[] = [];
    for (let at = first; at <= this.#last && events.length < limit; at += 1) {
      const kept = this.#kept[at % this.#most];
      if (kept !== undefined) events.push(kept);
    }
    return { lost: Math.max(0, first - seq - 1), events };
  }

  onPut(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function cut<E extends BookEvent>(event: E): E {
  const isLong = (value: unknown): value is string => typeof value === 'string' && value.length > LONGEST;
  if (!Object.values(event).some(isLong)) return event;
  const members = Object.entries(event).map(([key, value]: [string, unknown]) => [
    key,
    isLong(value) ? `${value.slice(0, LONGEST)}…` : value,
  ]);
  return Object.fromEntries(members) as E;
}
