import type { Clock } from './clock.js';
import { Exit, IgnoreStart, ProcessDead } from './exit.js';
import type { ActorSystem, Self } from './actor-system-types.js';
import { owners } from './owner.js';
import { Revocable } from './process.js';
import type { Process } from './process.js';
import { isPromise } from './is-promise.js';
import type { Message } from './message.js';
import { isOrderly } from './reason.js';
import type { ExitReason } from './reason.js';
import { kindOfMessage } from './sys/kind-of-message.js';
import type { Oversight } from './sys/oversight.js';
import type { TurnPort } from './turn.js';

/**
 * Messages of one process per turn: batching makes nact eight times faster
 * (docs/decisions/0035-nact-gives-turns-the-actor-system-is-ours.md).
 */
const BATCH = 64;
/** Messages of all processes after which each process gets one per turn, until the event loop has gone round. */
const TICK_BUDGET = 65_536;

/** What the run loop needs of the actor system. */
export interface RunHost {
  readonly system: ActorSystem;
  readonly turns: TurnPort;
  readonly clock: Clock;
  die(process: Process, reason: ExitReason, ignored?: boolean): void;
  /** It ends by its own fault: to be told of before it does. */
  crashed(process: Process, reason: ExitReason): void;
  /** A process whose mailbox was full or long has handled some of it. */
  eased(process: Process): void;
}

/** Gives processes their turns: init first, then messages one at a time, and the end of a process by its own doing. */
export class RunLoop {
  readonly #host: RunHost;
  readonly #wake: (process: Process) => void;
  #spent = 0;
  #resting = false;
  orphans = 0;

  constructor(host: RunHost) {
    this.#host = host;
    const run = (process: Process): void => this.#run(process);
    this.#wake = host.turns.open(
      (process: Process) => owners.run(process.self as Self, run, process),
      (process, error) => host.die(process, { error }),
    );
  }

  /** At most one wake is outstanding, so the scheduler's own queues never grow. */
  schedule(process: Process): void {
    if (process.scheduled || process.running) return;
    const { oversight } = process;
    if (oversight !== undefined && process.phase === 'alive' && !oversight.hasWork(process.mailbox.length)) return;
    process.scheduled = true;
    this.#wake(process);
  }

  #run(process: Process): void {
    process.scheduled = false;
    if (process.phase === 'dead') return;
    process.running = true;
    if (process.phase === 'starting') return this.#init(process);
    this.#drain(process, this.#resting ? 1 : BATCH);
  }

  #init(process: Process): void {
    try {
      const result = process.behaviour.init(process.self as Self);
      if (isPromise(result)) return void this.#awaitInit(process, result);
    } catch (error) {
      return this.#initFailed(process, error);
    }
    return this.#started(process);
  }

  async #awaitInit(process: Process, init: Promise<void>): Promise<void> {
    const { clock } = this.#host;
    const ms = process.initTimeoutMs;
    process.busySince = clock.monotonic();
    const timer = clock.setTimer(ms, () =>
      this.#host.die(process, { error: new Error(`init of "${process.pid.label}" took longer than ${ms} ms`) }),
    );
    try {
      await init;
    } catch (error) {
      clock.clearTimer(timer);
      return this.#initFailed(process, error);
    }
    clock.clearTimer(timer);
    return this.#started(process);
  }

  #initFailed(process: Process, error: unknown): void {
    if (this.#isOver(process, error)) return;
    process.running = false;
    if (error instanceof IgnoreStart) this.#host.die(process, 'normal', true);
    else this.#host.die(process, error instanceof Exit ? error.reason : { error });
  }

  #started(process: Process): void {
    process.busySince = undefined;
    if (this.#isOver(process)) return;
    process.phase = 'alive';
    const starter = process.starter;
    process.starter = undefined;
    starter?.resolve(process.pid);
    this.#rest(process);
  }

  /** Handles messages until the batch is done, the mailbox is empty, or a handler has to be waited for. */
  #drain(process: Process, batch: number): void {
    const { mailbox, behaviour } = process;
    const self = process.self as Self;
    let left = batch;
    let last: Message | undefined;
    while (left > 0) {
      const { oversight } = process;
      // If the process died in its handler, the mailbox is empty by now and stays so.
      let message = oversight === undefined ? mailbox.shift() : this.#next(process, oversight);
      if (message === undefined) break;
      if (message instanceof Revocable) {
        if (message.revoked) continue;
        message = message.take();
      }
      left--;
      process.reductions++;
      last = message;
      try {
        const result = oversight === undefined ? behaviour.handle(self, message) : this.#watched(process, message);
        if (isPromise(result)) {
          process.lastKind = kindOfMessage(message);
          this.#spend(batch - left);
          return this.#await(process, result, left);
        }
      } catch (error) {
        process.lastKind = kindOfMessage(message);
        return this.#threw(process, error);
      }
    }
    if (last !== undefined) process.lastKind = kindOfMessage(last);
    this.#spend(batch - left);
    if (!this.#isOver(process)) this.#rest(process);
  }

  /** Control requests come before all mail; while suspended, of that only orders to end. */
  #next(process: Process, oversight: Oversight): Message | undefined {
    for (let next = oversight.requests.shift(); next !== undefined; next = oversight.requests.shift()) next.run();
    if (oversight.idle && process.oversight === oversight) process.oversight = undefined;
    return oversight.suspended ? oversight.orders.shift() : process.mailbox.shift();
  }

  #watched(process: Process, message: Message): void | Promise<void> {
    const { behaviour, oversight } = process;
    const handle = (): void | Promise<void> => behaviour.handle(process.self as Self, message);
    const observer = oversight?.observer;
    return observer === undefined ? handle() : observer.watch(kindOfMessage(message), process.mailbox.length, handle);
  }

  /** Without `async`: each promise costs, since asynchronous context follows it. */
  #await(process: Process, handling: Promise<void>, left: number): void {
    process.busySince = this.#host.clock.monotonic();
    void handling.then(
      () => {
        process.busySince = undefined;
        if (!this.#isOver(process)) this.#drain(process, left);
      },
      (error: unknown) => {
        process.busySince = undefined;
        this.#threw(process, error);
      },
    );
  }

  #threw(process: Process, error: unknown): void {
    if (this.#isOver(process, error)) return;
    const reason: ExitReason = error instanceof Exit ? error.reason : { error };
    if (process.behaviour.terminate === undefined) this.#end(process, reason);
    else void this.#terminate(process, reason);
  }

  async #terminate(process: Process, reason: ExitReason): Promise<void> {
    let last = reason;
    process.busySince = this.#host.clock.monotonic();
    try {
      await process.behaviour.terminate?.(process.self as Self, reason);
    } catch (error) {
      if (this.#isOver(process, error)) return;
      last = error instanceof Exit ? error.reason : { error };
    }
    if (!this.#isOver(process)) this.#end(process, last);
  }

  #end(process: Process, reason: ExitReason): void {
    process.running = false;
    if (!isOrderly(reason)) this.#host.crashed(process, reason);
    this.#host.die(process, reason);
  }

  /** The run is done: next message, or idle. */
  #rest(process: Process): void {
    process.running = false;
    if (process.mailbox.length > 0 || process.oversight !== undefined) this.#again(process);
    if (process.overflowing || process.longSince !== undefined) this.#host.eased(process);
  }

  #again(process: Process): void {
    // A suspended process with mail has nothing to do, one with control requests has, without any.
    if (process.oversight === undefined || process.oversight.hasWork(process.mailbox.length)) this.schedule(process);
  }

  /** It died while its handler runs; counted until that comes back. */
  orphaned(process: Process): void {
    process.orphaned = true;
    this.orphans++;
  }

  /** True if the process died while its handler ran; then this is where that handler's story ends. */
  #isOver(process: Process, error?: unknown): boolean {
    if (process.phase !== 'dead') return false;
    process.running = false;
    if (process.orphaned) {
      process.orphaned = false;
      this.orphans--;
    }
    const expected = error === undefined || error instanceof ProcessDead || error instanceof Exit;
    const aborted = error instanceof Error && error.name === 'AbortError';
    if (!expected && !aborted && !(error instanceof IgnoreStart)) {
      this.#host.system.report({ kind: 'late_fault', pid: process.pid, error });
    }
    return true;
  }

  /**
   * Bounds one pass of the event loop: a pass handles at most `TICK_BUDGET` messages and one more per process. Counted
   * over passes, because asking for the next pass after every turn would cost as much as the turn itself.
   */
  #spend(messages: number): void {
    this.#spent += messages;
    if (this.#spent < TICK_BUDGET || this.#resting) return;
    this.#resting = true;
    this.#host.turns.afterTick(() => {
      this.#resting = false;
      this.#spent = 0;
    });
  }
}
