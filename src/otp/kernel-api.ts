import type { Clock } from './clock.js';
import type { Name, Pid } from './pid.js';
import type { ExitReason } from './reason.js';
import type { Report } from './report.js';
import type { Address, ServerAddress, Untyped } from './server-ref.js';

/** Messages are shared, not copied: treat them as read-only once sent. Tags that start with `$` are the kernel's. */
export interface Message {
  readonly tag: string;
}

/** A linked process ended, or `from` sent an exit signal. Only processes that trap exits get this. */
export interface ExitMsg extends Message {
  readonly tag: 'EXIT';
  readonly from: Pid;
  readonly reason: ExitReason;
}

/** A monitored process ended; exactly one per monitor. `noproc`: it did not exist when the monitor was set. */
export interface DownMsg extends Message {
  readonly tag: 'DOWN';
  readonly ref: MonitorRef;
  readonly pid: Pid;
  readonly reason: ExitReason;
}

/** Handle of a monitor; only good for `demonitor`. */
export interface MonitorRef {
  readonly target: Pid;
}

/** Handle of a timer of one process; only good for `cancel`. */
export interface TimerRef {
  readonly message: Message;
}

/** A JSON value, as the introspection endpoint shows it. */
export type Detail = null | boolean | number | string | readonly Detail[] | { readonly [key: string]: Detail };
export type DetailObject = { readonly [key: string]: Detail };

/** What a supervisor lets others read about its children, at any time and without a message. */
export interface SupervisorView {
  readonly strategy: string;
  readonly intensity: number;
  readonly periodS: number;
  /** Restart type of the dynamic children of simple_one_for_one; undefined otherwise. */
  readonly restart: 'permanent' | 'transient' | 'temporary' | undefined;
  /** Restart attempts that count against the intensity now. */
  restartsUsed(): number;
  counts(): ChildCounts;
  /** Rows in start order. */
  rows(offset: number, limit: number): readonly ChildView[];
}

/** OTP's count_children. */
export interface ChildCounts {
  readonly specs: number;
  readonly active: number;
  readonly supervisors: number;
  readonly workers: number;
}

/** One row of a supervisor's table. */
export interface ChildView {
  /** undefined for dynamic children (https://www.erlang.org/doc/apps/stdlib/supervisor.html#which_children/1). */
  readonly id: string | undefined;
  readonly child: Pid | 'restarting' | undefined;
  readonly type: 'worker' | 'supervisor';
  /** How often this child was started again after it had ended by itself. */
  readonly restarts: number;
  readonly lastCrash: Crash | undefined;
}

/** When (epoch milliseconds) and why a child ended abnormally. */
export interface Crash {
  readonly at: number;
  readonly reason: ExitReason;
}

/** What a process lets be read about itself without a turn; set with `self.publish`. */
export interface Published {
  /** Called synchronously at any time, also while a handler is under way; should not throw (if it does, that is shown). */
  readonly describe?: () => DetailObject;
  readonly supervisor?: SupervisorView;
}

/** The code of a process. Each method is one turn (or part of one); turns of one process never overlap. */
export interface Behaviour {
  /** First turn. The starter waits for it; throwing fails the start. */
  init(self: Self): void | Promise<void>;
  handle(self: Self, message: Message): void | Promise<void>;
  /** After `stop`, a throw in `handle`, never after an untrapped exit signal or a kill. */
  readonly terminate?: ((self: Self, reason: ExitReason) => void | Promise<void>) | undefined;
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
   * rejected with `overloaded`, and one report is made a burst; nothing is thrown. Exit, down, stop and timer messages
   * always get in. Default: no bound.
   */
  readonly maxQueue?: number;
  /** Names to register before `init`; the start fails with `{term: {already_started}}` if one is taken. */
  readonly name?: Name;
}

export interface ProcessInfo {
  readonly messageQueueLen: number;
  /** `running`: a handler is under way; `runnable`: messages wait for their turn; `waiting`: nothing to do. */
  readonly status: 'running' | 'runnable' | 'waiting';
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

export interface KernelStats {
  readonly processes: number;
  /** Messages to nobody, and those that a process left unhandled when it ended. */
  readonly deadLetters: number;
  /** Messages dropped by full mailboxes. */
  readonly dropped: number;
  /** Handlers that still run in processes that are dead (JavaScript can't be interrupted). */
  readonly orphans: number;
}

/** The process table and what can be done to processes from anywhere. */
export interface Kernel {
  readonly clock: Clock;
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
  /** `watcher` gets one DOWN. A function is called in the very step in which the target dies; it should not throw. */
  monitor(watcher: Pid | ((down: DownMsg) => void), target: Pid): MonitorRef;
  /** No DOWN of this monitor will be handled after this. */
  demonitor(ref: MonitorRef): void;
  /** Resolves with the reason when the process has ended (at once if it has). */
  exited(pid: Pid): Promise<ExitReason>;
  isAlive(pid: Pid): boolean;
  info(pid: Pid): ProcessInfo | undefined;
  processes(): Iterable<Pid>;
  /** The Pid itself if alive, or the process that holds the name. */
  whereis(address: Address): Pid | undefined;
  /** False if the name is taken by a live process or `pid` is dead. */
  register(name: Name, pid: Pid): boolean;
  unregister(name: Name): void;
  report(report: Report): void;
  stats(): KernelStats;
  readonly orphans: number;
}

/** What a process may do as itself. Every method throws `ProcessDead` once it is dead. */
export interface Self {
  readonly pid: Pid;
  readonly parent: Pid | undefined;
  readonly kernel: Kernel;
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
  sendAfter(ms: number, message: Message): TimerRef;
  /** Every `ms`; a tick is skipped while the one before still waits in the mailbox. */
  sendInterval(ms: number, message: Message): TimerRef;
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
