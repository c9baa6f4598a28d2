import { CALL_TIMEOUT_MS, CallFailed } from '../call.js';
import type { Clock } from '../clock.js';
import { isOrderToEnd } from './order-to-end.js';
import type { Pid } from '../pid.js';
import type { Process } from '../process.js';
import type { DetailObject } from '../published.js';
import { formatReason } from '../reason.js';
import type { ExitReason } from '../reason.js';
import type { Report } from '../report.js';
import { stateOf, statusOf, suspensionOf } from './look-at.js';
import { Observer } from './observer.js';
import { Oversight } from './oversight.js';
import type { SysRequest } from './oversight.js';
import { StatisticsCount } from './statistics.js';
import type { Statistics } from './statistics.js';
import { SysRefused } from './sys.js';
import type { LongMailbox, ProcessStatus, SuspendOptions, Suspension, Sys, SysWait } from './sys.js';
import type { SysEvent } from './sys-event.js';
import { TraceFeed } from './trace.js';
import type { Trace, TraceListener } from './trace.js';

/** Events that wait for a trace's listener, unless it says otherwise. */
const TRACE_LIMIT = 1000;

/** What `sys` needs of the actor system. */
export interface SysHost {
  readonly clock: Clock;
  readonly allowReplaceState: boolean;
  find(pid: Pid): Process | undefined;
  schedule(process: Process): void;
  afterTick(next: () => void): void;
  report(report: Report): void;
  longMailboxes(): readonly LongMailbox[];
}

/** Answers what operators ask of processes; see `Sys`. */
export class SysDesk implements Sys {
  readonly #host: SysHost;
  readonly #suspended = new Set<Process>();

  constructor(host: SysHost) {
    this.#host = host;
  }

  suspend(pid: Pid, { resumeAfterMs, timeoutMs }: SuspendOptions = {}): Promise<void> {
    if (resumeAfterMs !== undefined && !(resumeAfterMs >= 0))
      return Promise.reject(new RangeError(`resumeAfterMs: ${resumeAfterMs}; want 0 or more milliseconds`));
    return this.#ask(pid, timeoutMs, (process, oversight) => this.#suspend(process, oversight, resumeAfterMs));
  }

  resume(pid: Pid, { timeoutMs }: SysWait = {}): Promise<void> {
    return this.#ask(pid, timeoutMs, (process) => this.#resume(process, 'told'));
  }

  suspended(): readonly Suspension[] {
    return Array.from(this.#suspended, (process) => suspensionOf(process) as Suspension);
  }

  getState(pid: Pid): DetailObject | undefined {
    const process = this.#host.find(pid);
    return process === undefined ? undefined : stateOf(process);
  }

  replaceState(pid: Pid, state: unknown, { timeoutMs }: SysWait = {}): Promise<void> {
    const refused = (why: string): Promise<void> => Promise.reject(new SysRefused(`${String(pid)}: ${why}`));
    if (!this.#host.allowReplaceState) return refused('states are not replaced in this actor system');
    if (this.#host.find(pid)?.behaviour.replaceState === undefined) return refused('it has no replaceState');
    return this.#ask(pid, timeoutMs, ({ behaviour }) => behaviour.replaceState?.(state));
  }

  getStatus(pid: Pid): ProcessStatus | undefined {
    const process = this.#host.find(pid);
    return process === undefined ? undefined : statusOf(this.#host, process);
  }

  setStatistics(pid: Pid, on: boolean): boolean {
    return this.#observe(pid, (observer) => {
      observer.statistics = on ? new StatisticsCount(this.#host.clock.now()) : undefined;
    });
  }

  statistics(pid: Pid): Statistics | undefined {
    return this.#host.find(pid)?.oversight?.observer?.statistics?.read();
  }

  setEvents(pid: Pid, on: boolean): boolean {
    return this.#observe(pid, (observer) => {
      observer.events = on ? [] : undefined;
    });
  }

  events(pid: Pid): readonly SysEvent[] | undefined {
    return this.#host.find(pid)?.oversight?.observer?.events?.slice();
  }

  trace(pid: Pid, listener: TraceListener, { limit = TRACE_LIMIT }: { readonly limit?: number } = {}) {
    if (!(Number.isInteger(limit) && limit > 0)) throw new RangeError(`limit: ${limit}; want a whole number over 0`);
    let feed: TraceFeed | undefined;
    this.#observe(pid, (observer) => {
      feed = new TraceFeed(listener, limit, {
        afterTick: (next) => this.#host.afterTick(next),
        listenerFailed: (error) =>
          this.#host.report({ kind: 'callback_fault', where: `trace of ${String(pid)}`, error }),
        ended: () => this.#untrace(pid, feed),
      });
      (observer.traces ??= new Set()).add(feed);
    });
    return feed as Trace | undefined;
  }

  longMailboxes(): readonly LongMailbox[] {
    return this.#host.longMailboxes();
  }

  /** For the step in which a process dies. */
  gone(process: Process, reason: ExitReason): void {
    const { oversight } = process;
    if (oversight === undefined) return;
    process.oversight = undefined;
    this.#suspended.delete(process);
    if (oversight.resumeTimer !== undefined) this.#host.clock.clearTimer(oversight.resumeTimer);
    oversight.observer?.end(formatReason(reason));
    for (const request of oversight.requests.splice(0)) request.fail(reason);
  }

  /** Has `act` done between two messages of the process, before all that wait. */
  #ask(pid: Pid, timeoutMs = CALL_TIMEOUT_MS, act: (process: Process, oversight: Oversight) => void): Promise<void> {
    const { clock } = this.#host;
    const process = this.#host.find(pid);
    if (process === undefined) return Promise.reject(new CallFailed(pid, pid.exit ?? 'noproc'));
    const oversight = (process.oversight ??= new Oversight());
    return new Promise((resolve, reject) => {
      const request: SysRequest = {
        run: () => {
          clock.clearTimer(timer);
          try {
            act(process, oversight);
            resolve();
          } catch (error) {
            reject(error instanceof Error ? error : new Error(formatReason({ error }), { cause: error }));
          }
        },
        fail: (reason) => {
          clock.clearTimer(timer);
          reject(new CallFailed(pid, reason));
        },
      };
      const timer = clock.setTimer(timeoutMs, () => {
        oversight.requests.splice(oversight.requests.indexOf(request), 1);
        if (process.oversight?.idle === true) process.oversight = undefined;
        reject(new CallFailed(pid, 'timeout'));
      });
      oversight.requests.push(request);
      this.#host.schedule(process);
    });
  }

  #suspend(process: Process, oversight: Oversight, resumeAfterMs: number | undefined): void {
    const { clock } = this.#host;
    const now = clock.now();
    if (oversight.resumeTimer !== undefined) clock.clearTimer(oversight.resumeTimer);
    oversight.resumeTimer = oversight.resumesAt = undefined;
    if (resumeAfterMs !== undefined) {
      oversight.resumesAt = now + resumeAfterMs;
      oversight.resumeTimer = clock.setTimer(resumeAfterMs, () => this.#resume(process, 'time'));
    }
    if (oversight.suspended) return;
    oversight.suspendedSince = now;
    oversight.orders = process.mailbox.takeWhere((message) => isOrderToEnd(process, message));
    this.#suspended.add(process);
    oversight.observer?.note('suspended');
    this.#host.report({ kind: 'suspended', pid: process.pid, resumesAt: oversight.resumesAt });
  }

  #resume(process: Process, why: 'told' | 'time'): void {
    const { oversight } = process;
    if (oversight === undefined || !oversight.suspended) return;
    if (oversight.resumeTimer !== undefined) this.#host.clock.clearTimer(oversight.resumeTimer);
    oversight.suspendedSince = oversight.resumesAt = oversight.resumeTimer = undefined;
    for (const order of oversight.orders.splice(0)) process.mailbox.push(order);
    this.#suspended.delete(process);
    oversight.observer?.note('resumed');
    if (oversight.idle) process.oversight = undefined;
    this.#host.report({ kind: 'resumed', pid: process.pid, why });
    this.#host.schedule(process);
  }

  #observe(pid: Pid, change: (observer: Observer) => void): boolean {
    const process = this.#host.find(pid);
    if (process === undefined) return false;
    const oversight = (process.oversight ??= new Oversight());
    const observer = (oversight.observer ??= new Observer(this.#host.clock));
    change(observer);
    if (observer.idle) oversight.observer = undefined;
    if (oversight.idle) process.oversight = undefined;
    return true;
  }

  #untrace(pid: Pid, feed: TraceFeed | undefined): void {
    this.#observe(pid, (observer) => {
      if (feed !== undefined) observer.traces?.delete(feed);
      if (observer.traces?.size === 0) observer.traces = undefined;
    });
  }
}
