import type { StartFailed } from './exit.js';
import type { DownMsg, ExitMsg, Message, MonitorRef, TimerRef, Watcher } from './message.js';
import type { Published } from './published.js';
import type { Behaviour, Self } from './actor-system-types.js';
import { Fifo } from './fifo.js';
import type { Name, Pid } from './pid.js';
import type { ExitReason } from './reason.js';
import type { Clock, TimerHandle } from './clock.js';
import { withoutItem } from './small-set.js';
import type { SmallSet } from './small-set.js';
import type { Oversight } from './sys/oversight.js';

/** A message that can be taken back while it waits in the mailbox; unwrapped when its turn comes. */
export abstract class Revocable {
  abstract readonly tag: string;
  revoked = false;
  /** What the handler gets. */
  abstract take(): Message;
}

export const TIMER_TAG = '$timer';

/** What timers need of the actor system. */
export interface TimerHost {
  readonly clock: Clock;
  /** Puts the message into the mailbox, full or not. */
  deliver(process: Process, message: Message): void;
}

/** A timer of one process; it travels through the mailbox itself, so that `cancel` holds for a queued one too. */
export class Timer extends Revocable implements TimerRef {
  readonly message: Message;
  readonly everyMs: number | undefined;
  readonly #host: TimerHost;
  readonly #process: Process;
  handle: TimerHandle | undefined = undefined;
  queued = false;

  constructor(host: TimerHost, process: Process, message: Message, everyMs: number | undefined) {
    super();
    this.#host = host;
    this.#process = process;
    this.message = message;
    this.everyMs = everyMs;
  }

  get tag(): typeof TIMER_TAG {
    return TIMER_TAG;
  }

  arm(ms: number): void {
    const { clock } = this.#host;
    const wait = this.everyMs === undefined ? ms : (clock.untilNext?.(ms) ?? ms);
    this.handle = clock.setTimer(wait, this);
  }

  /** For the clock alone: the time has come. */
  due(): void {
    this.handle = undefined;
    if (this.everyMs === undefined) this.#process.timers = withoutItem(this.#process.timers, this);
    else this.arm(this.everyMs);
    // A slow process finds one tick, not a heap of them.
    if (this.queued) return;
    this.queued = true;
    this.#host.deliver(this.#process, this);
  }

  take(): Message {
    this.queued = false;
    return this.message;
  }
}

/** A monitor, and the DOWN message that it becomes. */
export class Monitor extends Revocable implements MonitorRef, DownMsg {
  readonly watcher: Process | Watcher;
  readonly target: Pid;
  reason: ExitReason = 'noproc';

  constructor(watcher: Process | Watcher, target: Pid) {
    super();
    this.watcher = watcher;
    this.target = target;
  }

  get tag(): 'DOWN' {
    return 'DOWN';
  }

  get ref(): MonitorRef {
    return this;
  }

  get pid(): Pid {
    return this.target;
  }

  take(): DownMsg {
    return this;
  }
}

/** The EXIT message. */
export class ExitSignal implements ExitMsg {
  readonly tag = 'EXIT' as const;
  readonly from: Pid;
  readonly reason: ExitReason;

  constructor(from: Pid, reason: ExitReason) {
    this.from = from;
    this.reason = reason;
  }
}

/** What waits for `spawn` to settle. */
export interface Starter {
  resolve(pid: Pid): void;
  reject(error: StartFailed): void;
}

/**
 * One row of the process table: data only. What most processes never need is allocated on first use, which keeps an
 * idle one below 1 kB with its place in its supervisor's table.
 */
export class Process {
  readonly pid: Pid;
  readonly behaviour: Behaviour;
  readonly parent: Pid | undefined;
  readonly maxQueue: number;
  readonly startedAt: number;
  readonly mailbox = new Fifo<Message>();
  self: Self | undefined = undefined;
  starter: Starter | undefined = undefined;
  phase: 'starting' | 'alive' | 'dead' = 'starting';
  trapping: boolean;
  /** A wake was asked for and its run has not begun. */
  scheduled = false;
  /** A run is under way, perhaps waiting for an asynchronous handler. */
  running = false;
  /** It died while `running`; counted as an orphan until that run comes back. */
  orphaned = false;
  /** Monotonic milliseconds since when an asynchronous handler has been waiting; undefined if none is. */
  busySince: number | undefined = undefined;
  initTimeoutMs: number;
  reductions = 0;
  dropped = 0;
  /** Full, and said so. */
  overflowing = false;
  /** Length of the mailbox from which on one more message is looked at twice: it is long, or full. */
  mark: number;
  /** Epoch milliseconds since when its mailbox is long. */
  longSince: number | undefined = undefined;
  /** Kind of the last message of its last turn. */
  lastKind: string | undefined = undefined;
  /** What `sys` keeps of it; undefined for nearly all. */
  oversight: Oversight | undefined = undefined;
  links: SmallSet<Process> = undefined;
  /** Monitors of this process by others. */
  watchers: SmallSet<Monitor> = undefined;
  /** Monitors by this process of others. */
  watching: SmallSet<Monitor> = undefined;
  timers: SmallSet<Timer> = undefined;
  names: Name[] | undefined = undefined;
  waiters: ((reason: ExitReason) => void)[] | undefined = undefined;
  abort: AbortController | undefined = undefined;
  published: Published | undefined = undefined;

  constructor(
    pid: Pid,
    behaviour: Behaviour,
    options: {
      parent: Pid | undefined;
      maxQueue: number;
      trapExit: boolean;
      initTimeoutMs: number;
      startedAt: number;
      mark: number;
    },
  ) {
    this.pid = pid;
    this.behaviour = behaviour;
    this.parent = options.parent;
    this.maxQueue = options.maxQueue;
    this.startedAt = options.startedAt;
    this.trapping = options.trapExit;
    this.mark = options.mark;
    this.initTimeoutMs = options.initTimeoutMs;
  }
}
