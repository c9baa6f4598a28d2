import { backoffMs } from './backoff.js';
import { CALL_TIMEOUT_MS, CallFailed, call, cast } from '../process/call.js';
import type { TimerHandle } from '../process/clock.js';
import type { ActorSystem } from '../process/actor-system-types.js';
import type { DownMsg } from '../process/message.js';
import type { Pid } from '../process/pid.js';
import { isOrderly } from '../process/reason.js';
import type { ExitReason } from '../process/reason.js';
import type { Untyped } from '../process/address.js';
import type { KeyInBackoff, KeyedChildren, KeyedChildrenOptions, KeyedCounts } from './keyed-children-types.js';
import { startDynamicChild, terminateChild } from './supervisor.js';
import { WaitingRoom } from './waiting-room.js';
import type { WaitingItem } from './waiting-room.js';

interface Entry {
  readonly key: string;
  readonly waiting: WaitingRoom;
}

/** Where a running child's end is told. */
interface Watch {
  ended(child: Running, reason: ExitReason): void;
}

/** A key whose child runs, and the watch over it: one object, as there is one for each host. */
class Running {
  readonly key: string;
  readonly pid: Pid;
  /** Monotonic milliseconds, whole ones. */
  readonly since: number;
  readonly failures: number;
  readonly #watch: Watch;

  constructor(watch: Watch, key: string, pid: Pid, now: number, failures: number) {
    this.#watch = watch;
    this.key = key;
    this.pid = pid;
    // A whole number is held without an object of its own.
    this.since = Math.trunc(now);
    this.failures = failures;
  }

  ended({ reason }: DownMsg): void {
    this.#watch.ended(this, reason);
  }
}

/** Stages of a key whose child does not run. An absent key has no child and no history. */
type Pending =
  | { readonly at: 'starting'; readonly entry: Entry; readonly failures: number }
  | {
      readonly at: 'backing_off';
      readonly entry: Entry;
      readonly failures: number;
      readonly lastError: ExitReason;
      /** Monotonic milliseconds. */
      readonly until: number;
      timer: TimerHandle | undefined;
    };

/** Crashed keys that nobody writes to any more are remembered up to this many; the oldest is forgotten first. */
const REMEMBERED = 10_000;

/** A start's `error` is anything; an exit reason among them is kept as it is. */
function asReason(error: unknown): ExitReason {
  if (typeof error === 'object' && error !== null && ('error' in error || 'shutdown' in error || 'term' in error)) {
    return error;
  }
  if (error === 'normal' || error === 'shutdown' || error === 'killed' || error === 'noproc') return error;
  return { term: error };
}

/** Makes a directory; see `KeyedChildren`. */
export function keyedChildren<Cast, Call = never, Reply = unknown>(
  system: ActorSystem,
  options: KeyedChildrenOptions,
): KeyedChildren<Cast, Call, Reply> {
  return new Directory<Cast, Call, Reply>(system, options);
}

class Directory<Cast, Call, Reply> implements KeyedChildren<Cast, Call, Reply> {
  readonly #system: ActorSystem;
  readonly #options: Required<KeyedChildrenOptions>;
  readonly #running = new Map<string, Running>();
  /** Starting and backing off: few, beside the running ones. */
  readonly #pending = new Map<string, Pending>();
  readonly #ends: Watch = { ended: (child, reason) => this.#ended(child, reason) };
  #supervisor: Pid | undefined = undefined;
  #dropped = 0;
  #closed = false;

  constructor(system: ActorSystem, options: KeyedChildrenOptions) {
    this.#system = system;
    this.#options = {
      args: (key) => [key],
      backoff: { baseMs: 100, maxMs: 60_000 },
      resetAfterMs: 60_000,
      queueLimit: 100,
      random: Math.random,
      ...options,
    };
  }

  send(key: string, message: Cast): boolean {
    const running = this.#running.get(key);
    if (running !== undefined) return cast(this.#system, running.pid as Untyped, message);
    return this.#wait(key, {
      deliver: (pid) => cast(this.#system, pid as Untyped, message),
      drop: () => undefined,
    });
  }

  call(key: string, request: Call, timeoutMs: number = CALL_TIMEOUT_MS): Promise<Reply> {
    const running = this.#running.get(key);
    if (running !== undefined) return call<Reply>(this.#system, running.pid as Untyped, request, timeoutMs);
    const { clock } = this.#system;
    return new Promise((resolve, reject) => {
      const deadline = clock.monotonic() + timeoutMs;
      let gaveUp = false;
      const timer = clock.setTimer(timeoutMs, () => {
        gaveUp = true;
        reject(new CallFailed(key, 'timeout'));
      });
      const item: WaitingItem = {
        deliver: (pid) => {
          clock.clearTimer(timer);
          if (gaveUp) return;
          const left = Math.max(0, deadline - clock.monotonic());
          call<Reply>(this.#system, pid as Untyped, request, left).then(resolve, reject);
        },
        drop: (why) => {
          clock.clearTimer(timer);
          reject(new CallFailed(key, why));
        },
      };
      if (!this.#wait(key, item)) item.drop('noproc');
    });
  }

  whereis(key: string): Pid | undefined {
    return this.#running.get(key)?.pid;
  }

  async stop(key: string): Promise<void> {
    const pending = this.#pending.get(key);
    if (pending !== undefined) this.#forget(pending);
    const running = this.#running.get(key);
    if (running === undefined) return;
    this.#running.delete(key);
    await this.#end(running.pid);
  }

  keys(): Iterable<string> {
    return this.#running.keys();
  }

  counts(): KeyedCounts {
    const now = this.#system.clock.monotonic();
    let starting = 0;
    let backingOff = 0;
    let queued = 0;
    let dropped = this.#dropped;
    for (const stage of this.#pending.values()) {
      if (stage.at === 'starting') starting++;
      else if (stage.until > now) backingOff++;
      queued += stage.entry.waiting.length;
      dropped += stage.entry.waiting.dropped;
    }
    return { running: this.#running.size, starting, backingOff, queued, dropped };
  }

  backingOff(): readonly KeyInBackoff[] {
    const now = this.#system.clock.monotonic();
    const list: KeyInBackoff[] = [];
    for (const stage of this.#pending.values()) {
      if (stage.at !== 'backing_off' || stage.until <= now) continue;
      const { entry, failures, lastError, until } = stage;
      const retryAt = this.#system.clock.now() + until - now;
      list.push({ key: entry.key, failures, lastError, retryAt, queued: entry.waiting.length });
    }
    return list;
  }

  close(): void {
    this.#closed = true;
    this.#reset();
  }

  /** Takes a message for a child that does not run now. */
  #wait(key: string, item: WaitingItem): boolean {
    const supervisor = this.#closed ? undefined : this.#system.whereis(this.#options.supervisor);
    if (supervisor === undefined) {
      this.#dropped++;
      return false;
    }
    this.#watch(supervisor);
    const stage = this.#pending.get(key);
    if (stage?.at === 'starting') {
      stage.entry.waiting.add(item);
      return true;
    }
    const entry = stage?.entry ?? { key, waiting: new WaitingRoom(this.#options.queueLimit) };
    entry.waiting.add(item);
    const wait = stage === undefined ? 0 : stage.until - this.#system.clock.monotonic();
    if (stage === undefined || wait <= 0) void this.#start(supervisor, entry, stage?.failures ?? 0);
    else stage.timer ??= this.#system.clock.setTimer(wait, () => this.#waitIsOver(stage));
    return true;
  }

  #waitIsOver(stage: Pending & { at: 'backing_off' }): void {
    stage.timer = undefined;
    const supervisor = this.#system.whereis(this.#options.supervisor);
    if (this.#pending.get(stage.entry.key) !== stage) return;
    if (supervisor === undefined) this.#forget(stage);
    else void this.#start(supervisor, stage.entry, stage.failures);
  }

  /** Never rejects. Two sends make one child: the stage is `starting` before anything is awaited. */
  async #start(supervisor: Pid, entry: Entry, failures: number): Promise<void> {
    const { key } = entry;
    const stage: Pending = { at: 'starting', entry, failures };
    this.#pending.set(key, stage);
    let pid: Pid | undefined;
    let failure: { error: unknown } | undefined;
    try {
      const started = await startDynamicChild(this.#system, supervisor, this.#options.args(key));
      if ('error' in started) failure = started;
      else pid = started.ok;
    } catch (error) {
      failure = { error: error instanceof CallFailed ? error.reason : { error } };
    }
    if (this.#pending.get(key) !== stage) {
      // Already stopped or closed: it is not wanted any more.
      if (pid !== undefined) await this.#end(pid);
      return;
    }
    if (failure !== undefined) return this.#failed(entry, failures + 1, asReason(failure.error));
    // It said ignore: there is nothing to deliver to.
    if (pid === undefined) return this.#forget(stage);
    this.#pending.delete(key);
    this.#dropped += entry.waiting.dropped;
    const running = new Running(this.#ends, key, pid, this.#system.clock.monotonic(), failures);
    this.#running.set(key, running);
    this.#system.monitor(running, pid);
    entry.waiting.deliverAll(pid);
  }

  #ended(child: Running, reason: ExitReason): void {
    const { key, since, failures } = child;
    if (this.#running.get(key) !== child) return;
    this.#running.delete(key);
    if (isOrderly(reason)) return;
    const steady = this.#system.clock.monotonic() - since >= this.#options.resetAfterMs;
    const waiting = new WaitingRoom(this.#options.queueLimit);
    this.#failed({ key, waiting }, steady ? 1 : failures + 1, reason);
  }

  #failed(entry: Entry, failures: number, lastError: ExitReason): void {
    const wait = backoffMs(this.#options.backoff, failures, this.#options.random());
    const until = this.#system.clock.monotonic() + wait;
    const stage: Pending = { at: 'backing_off', entry, failures, lastError, until, timer: undefined };
    this.#pending.delete(entry.key);
    this.#pending.set(entry.key, stage);
    if (entry.waiting.length > 0) stage.timer = this.#system.clock.setTimer(wait, () => this.#waitIsOver(stage));
    if (this.#pending.size > REMEMBERED) this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const stage of this.#pending.values()) {
      if (stage.at !== 'backing_off' || stage.entry.waiting.length > 0) continue;
      return this.#forget(stage);
    }
  }

  #forget(stage: Pending): void {
    const { key, waiting } = stage.entry;
    this.#pending.delete(key);
    if (stage.at === 'backing_off' && stage.timer !== undefined) this.#system.clock.clearTimer(stage.timer);
    this.#dropped += waiting.dropped + waiting.dropAll();
  }

  #reset(): void {
    for (const stage of [...this.#pending.values()]) this.#forget(stage);
    this.#running.clear();
    this.#supervisor = undefined;
  }

  /** When the supervisor ends, its children end too, and no timer of ours may outlive them. */
  #watch(supervisor: Pid): void {
    if (this.#supervisor === supervisor) return;
    const view = this.#system.published(supervisor)?.supervisor;
    if (view?.strategy !== 'simple_one_for_one' || view.restart !== 'temporary') {
      throw new TypeError(
        `keyed children need a simple_one_for_one supervisor of temporary children; ${String(supervisor)} is ` +
          `${view?.strategy ?? 'none'} of ${view?.restart ?? 'other'} ones`,
      );
    }
    this.#supervisor = supervisor;
    this.#system.monitor(() => {
      if (this.#supervisor === supervisor) this.#reset();
    }, supervisor);
  }

  async #end(pid: Pid): Promise<void> {
    const supervisor = this.#system.whereis(this.#options.supervisor);
    if (supervisor === undefined) return;
    try {
      await terminateChild(this.#system, supervisor, pid);
    } catch (error) {
      // The supervisor ended meanwhile, and its children with it.
      if (!(error instanceof CallFailed)) throw error;
    }
  }
}
