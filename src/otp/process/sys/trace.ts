import { AsyncResource } from 'node:async_hooks';
import type { SysEvent } from './sys-event.js';

/** Gets what happened, oldest first, and how many events were dropped just before these. What it throws ends the trace. */
export type TraceListener = (events: readonly SysEvent[], lost: number) => void;

/** A trace under way. */
export interface Trace {
  /** Events dropped so far because too many waited for the listener. */
  readonly lost: number;
  /** The listener hears nothing any more. */
  stop(): void;
}

/** What a trace needs of the actor system. */
export interface TraceHost {
  /** Calls `next` once, in a later pass of the event loop. */
  afterTick(next: () => void): void;
  listenerFailed(error: unknown): void;
  /** The trace has ended; it is to be taken from its process. */
  ended(): void;
}

/** Takes events from the traced process in constant time and gives them to the listener in later passes. */
export class TraceFeed implements Trace {
  readonly #listener: TraceListener;
  readonly #limit: number;
  readonly #host: TraceHost;
  /** In the context of who traces: a fault that its listener leaves behind is not the traced process's. */
  readonly #pump: () => void;
  #waiting: SysEvent[] = [];
  #lostNow = 0;
  #awake = false;
  #stopped = false;
  lost = 0;

  constructor(listener: TraceListener, limit: number, host: TraceHost) {
    this.#listener = listener;
    this.#limit = limit;
    this.#host = host;
    this.#pump = AsyncResource.bind(() => this.#deliver());
  }

  add(event: SysEvent): void {
    if (this.#stopped) return;
    if (this.#waiting.length < this.#limit) this.#waiting.push(event);
    else {
      this.lost++;
      this.#lostNow++;
      // The end is always told.
      if (event.what === 'ended') this.#waiting[this.#limit - 1] = event;
    }
    if (this.#awake) return;
    this.#awake = true;
    this.#host.afterTick(this.#pump);
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#waiting = [];
    this.#host.ended();
  }

  #deliver(): void {
    this.#awake = false;
    if (this.#stopped) return;
    const events = this.#waiting;
    const lost = this.#lostNow;
    this.#waiting = [];
    this.#lostNow = 0;
    try {
      this.#listener(events, lost);
    } catch (error) {
      this.#host.listenerFailed(error);
      this.stop();
    }
    if (events.at(-1)?.what === 'ended') this.stop();
  }
}
