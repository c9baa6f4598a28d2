import { Exit } from '../exit.js';
import type { Clock } from '../clock.js';
import { isPromise } from '../is-promise.js';
import type { SysEvent } from './sys-event.js';
import { roundMs } from './statistics.js';
import type { StatisticsCount } from './statistics.js';
import type { TraceFeed } from './trace.js';

/** Events kept of a process whose events are kept; as many as in OTP's `sys:log`. */
const KEPT = 10;

/** Who looks at what one process handles: statistics, last events, traces. All steps take constant time. */
export class Observer {
  readonly #clock: Clock;
  statistics: StatisticsCount | undefined = undefined;
  events: SysEvent[] | undefined = undefined;
  traces: Set<TraceFeed> | undefined = undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Nobody looks. */
  get idle(): boolean {
    return this.statistics === undefined && this.events === undefined && this.traces === undefined;
  }

  /** Runs a handler and notes how it went. */
  watch(message: string, waiting: number, handle: () => void | Promise<void>): void | Promise<void> {
    const begin = this.#clock.monotonic();
    if (this.traces !== undefined) this.#trace({ at: this.#clock.now(), what: 'began', message, waiting });
    let handling: void | Promise<void>;
    try {
      handling = handle();
    } catch (error) {
      this.#threw(message, begin, error);
      throw error;
    }
    if (!isPromise(handling)) return this.#finished(message, begin, 'done');
    return handling.then(
      () => this.#finished(message, begin, 'done'),
      (error: unknown) => {
        this.#threw(message, begin, error);
        throw error;
      },
    );
  }

  note(what: 'suspended' | 'resumed'): void {
    this.#add({ at: this.#clock.now(), what });
  }

  /** The process has ended; what a handler of it still does is not noted. */
  end(reason: string): void {
    this.#add({ at: this.#clock.now(), what: 'ended', reason });
    this.statistics = this.events = this.traces = undefined;
  }

  #threw(message: string, begin: number, error: unknown): void {
    this.#finished(message, begin, error instanceof Exit ? 'stopped' : 'failed');
  }

  #finished(message: string, begin: number, what: 'done' | 'failed' | 'stopped'): void {
    const ms = this.#clock.monotonic() - begin;
    this.statistics?.add(message, ms);
    this.#add({ at: this.#clock.now(), what, message, ms: roundMs(ms) });
  }

  #add(event: SysEvent): void {
    if (this.events !== undefined) {
      this.events.push(event);
      if (this.events.length > KEPT) this.events.shift();
    }
    this.#trace(event);
  }

  #trace(event: SysEvent): void {
    if (this.traces !== undefined) for (const trace of this.traces) trace.add(event);
  }
}
