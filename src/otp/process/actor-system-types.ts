import type { Clock } from './clock.js';
import type { Name, Pid } from './pid.js';
import type { ExitReason } from './reason.js';
import type { Report } from './report.js';
import type { Address, ServerAddress, Untyped } from './address.js';
import type { Message, MonitorRef, TimerRef, Watcher } from './message.js';
import type { DetailObject, Published } from './published.js';
import type { CrashBook } from './sys/crash-book.js';
import type { Suspension, Sys } from './sys/sys.js';

/** The code of a process. Each method is one turn (or part of one); turns of one process never overlap. */
export interface Behaviour {
  /** First turn. The starter waits for it; throwing fails the start. */
  init(self: Self): void | Promise<void>;
  handle(self: Self, message: Message): void | Promise<void>;
  /** After `stop`, a throw in `handle`, never after an untrapped exit signal or a kill. */
  readonly terminate?: ((self: Self, reason: ExitReason) => void | Promise<void>) | undefined;
  /** The state for operators and crash reports, without secrets. Read at any time, without a turn; small. */
  readonly formatStatus?: (() => DetailObject) | undefined;
  /** Takes over a state made by hand; for development. */
  readonly replaceState?: ((state: unknown) => void) | undefined;
}

export interface SpawnOptions {
  /** For people: shows in reports and in the tree. Default `process`. */
  readonly label?: string;
  readonly parent?: Pid;
  /** Link to the parent. Default: true if there is a parent. */
  readonly link?: boolean;
  /** Turn exit signals into EXIT messages, from before `init` on. Default false. */
  readonly trapExit?: boolean;
  /** Milliseconds for an asynchronous `init`; then the process is killed and the start fails. Default 30000. */
  readonly initTimeoutMs?: number;
  /**
   * Most messages that wait. When it is full the newest message is dropped and counted, `send` says false, a call is
   * rejected with `overloaded`, and one report is made per burst; nothing is thrown. Exit, down, stop and timer messages
   * always get in. Default: no bound.
   */
  readonly maxQueue?: number;
  /** Names to register before `init`; the start fails with `{term: {already_started}}` if one is taken. */
  readonly name?: Name;
}

export interface ProcessInfo {
  readonly messageQueueLen: number;
  /**
   * `running`: a handler is under way; `runnable`: messages wait for their turn; `waiting`: nothing to do; `suspended`:
   * messages wait until it is resumed.
   */
  readonly status: 'running' | 'runnable' | 'waiting' | 'suspended';
  /** undefined: it is not suspended. */
  readonly suspension: Suspension | undefined;
  /** Messages handled. */
  readonly reductions: number;
  /** Messages dropped because the mailbox was full. */
  readonly dropped: number;
  readonly links: readonly Pid[];
  /** Processes and callers that monitor this one. */
  readonly monitors: number;
  readonly label: string;
  readonly names: readonly Name[];
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Milliseconds that the asynchronous handler under way has been waiting; 0 if there is none. */
  readonly currentMs: number;
  readonly parent: Pid | undefined;
  readonly published: Published | undefined;
}

export interface ActorSystemStats {
  readonly processes: number;
  /** Messages to no process, and those that a process left unhandled when it ended. */
  readonly deadLetters: number;
  /** Messages dropped by full mailboxes. */
  readonly dropped: number;
  /** Handlers that still run in processes that are dead (JavaScript can't be interrupted). */
  readonly orphans: number;
}

/** The process table and what can be done to processes from anywhere. */
export interface ActorSystem {
  readonly clock: Clock;
  /** Looking into processes, and holding them for a moment. */
  readonly sys: Sys;
  /** The last crashes. */
  readonly crashes: CrashBook;
  /** Resolves after `init`; rejects with `StartFailed`, and then the process is gone already. */
  spawn(behaviour: Behaviour, options?: SpawnOptions): Promise<Pid>;
  /** False: a dead letter, or dropped by a full mailbox. Never throws, never runs the receiver. */
  send(to: Address, message: Message): boolean;
  /** Like `send`, but a full mailbox takes it: for control messages of behaviours, not for load. */
  sendControl(to: Address, message: Message): boolean;
  /** Sends an exit signal. `kill` can't be trapped; `normal` from others is ignored unless trapped. */
  exit(to: Pid, reason: ExitReason, from: Pid): void;
  /** Ends the process now, as if it had thrown `error` (also an `Exit`), trapping or not. `terminate` is not called. */
  fault(pid: Pid, error: unknown): void;
  link(a: Pid, b: Pid): void;
  unlink(a: Pid, b: Pid): void;
  /** `watcher` gets one DOWN. One that is no process is called in the very step in which the target dies; it should not throw. */
  monitor(watcher: Pid | Watcher, target: Pid): MonitorRef;
  /** No DOWN of this monitor will be handled after this. */
  demonitor(ref: MonitorRef): void;
  /** Resolves with the reason when the process has ended (at once if it has). */
  exited(pid: Pid): Promise<ExitReason>;
  isAlive(pid: Pid): boolean;
  info(pid: Pid): ProcessInfo | undefined;
  /** `info(pid)?.published` without the rest, for looking at thousands. */
  published(pid: Pid): Published | undefined;
  /** `info(pid)?.messageQueueLen` without the rest; 0 where it has ended. */
  mailboxLength(pid: Pid): number;
  processes(): Iterable<Pid>;
  /** Those that have published a supervisor's view. */
  supervisors(): Iterable<Pid>;
  /** The Pid itself if alive, or the process that holds the name. */
  whereis(address: Address): Pid | undefined;
  /** False if the name is taken by a live process or `pid` is dead. */
  register(name: Name, pid: Pid): boolean;
  unregister(name: Name): void;
  report(report: Report): void;
  stats(): ActorSystemStats;
  readonly orphans: number;
}

/**
 * What a process may do as itself. Every method throws `ProcessDead` once it is dead, but `tell` and `pipeToSelf`, which
 * are for what comes back later.
 * @typeParam Info the messages that it sends itself: `handleInfo` gets them.
 */
export interface Self<Info extends Message = Message> {
  readonly pid: Pid;
  readonly parent: Pid | undefined;
  readonly system: ActorSystem;
  /**
   * Aborts in the very step in which the process dies, however it dies. Give it to fetch and friends, and hang the
   * release of sockets, listeners and consumers on it: `terminate` does not run when a process is killed.
   */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  now(): number;
  send(to: Address, message: Message): boolean;
  cast<Call, Reply, Cast>(to: ServerAddress<Call, Reply, Cast>, message: NoInfer<Cast>): boolean;
  cast(to: Untyped, message: unknown): boolean;
  /** See `call` in call.ts. While it waits, this process handles nothing else. */
  call<Call, Reply, Cast>(
    to: ServerAddress<Call, Reply, Cast>,
    request: NoInfer<Call>,
    timeoutMs?: number,
  ): Promise<Reply>;
  call<Reply = unknown>(to: Untyped, request: unknown, timeoutMs?: number): Promise<Reply>;
  /** Sends `message` to this process after `ms`. Dies with it; after `cancel` it is not handled, even if queued already. */
  sendAfter(ms: number, message: Info): TimerRef;
  /** Every `ms`; a tick is skipped while the one before still waits in the mailbox. */
  sendInterval(ms: number, message: Info): TimerRef;
  /** Sends this process a message of its own; false when it is dead, or its mailbox is full. */
  tell(message: Info): boolean;
  /**
   * Sends this process what becomes of `work`, one message when it succeeds or fails; none once the process is dead. The
   * mailbox takes it even if it is full, as a process that waits for an answer must get it. `done` and `failed` only make
   * the message: what they throw ends the process.
   * Akka's pipeToSelf; Erlang sends a message from a spawned process.
   */
  pipeToSelf<Value>(work: Promise<Value>, done: (value: Value) => Info, failed: (error: unknown) => Info): void;
  /** True if the message had not been handled yet. */
  cancel(timer: TimerRef): boolean;
  link(pid: Pid): void;
  unlink(pid: Pid): void;
  monitor(pid: Pid): MonitorRef;
  demonitor(ref: MonitorRef): void;
  exit(to: Pid, reason: ExitReason): void;
  /** Leaves the handler and ends this process, after `terminate`. */
  stop(reason: ExitReason): never;
  /** In `init` only: leaves it; the starter learns `ignore`. */
  ignore(): never;
  trapExit(on: boolean): void;
  /** Starts a process with this one as its parent, linked. */
  spawn(behaviour: Behaviour, options?: SpawnOptions): Promise<Pid>;
  register(name: Name): boolean;
  publish(published: Published): void;
}
