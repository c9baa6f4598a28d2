import { realClock } from './clock.js';
import type { Clock } from './clock.js';
import { Exit, StartFailed } from './exit.js';
import type { DownMsg, Message, MonitorRef } from './message.js';
import type { Behaviour, ActorSystem, ActorSystemStats, ProcessInfo, SpawnOptions } from './actor-system-types.js';
import { addMonitor, dropWatching, linkProcesses, removeMonitor, unlinkProcesses } from './links.js';
import { nactTurns } from './nact-turns.js';
import { Pid } from './pid.js';
import type { Name } from './pid.js';
import { ExitSignal, Monitor, Process } from './process.js';
import { formatReason, isOrderly } from './reason.js';
import type { ExitReason } from './reason.js';
import { Registry } from './registry.js';
import type { Report, ReportSink } from './report.js';
import { RunLoop } from './run-loop.js';
import { ProcessSelf } from './self.js';
import type { Address } from './address.js';
import { clearTimers } from './timer.js';
import type { TimerHost } from './timer.js';
import type { TurnPort } from './turn.js';

/** Milliseconds. A deliberate departure: OTP waits for ever (docs/decisions/0036-the-supervisors-are-otps.md). */
const INIT_TIMEOUT_MS = 30_000;

export interface ActorSystemOptions {
  /** Default: nact. */
  readonly turns?: TurnPort;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: reports are dropped. */
  readonly report?: ReportSink;
  /** Sees every message that nobody will handle, once; may not throw. */
  readonly deadLetter?: (to: Address, message: Message) => void;
}

/** Starts an empty process table. Nothing runs, and nothing keeps Node alive, until something is spawned. */
export function createActorSystem(options: ActorSystemOptions = {}): ActorSystem {
  return new ProcessTable(options);
}

class ProcessTable implements ActorSystem {
  readonly clock: Clock;
  readonly turns: TurnPort;
  readonly #table = new Map<number, Process>();
  readonly #registry = new Registry();
  readonly #loop: RunLoop;
  readonly #timers: TimerHost;
  readonly #sink: ReportSink | undefined;
  readonly #deadLetterHook: ((to: Address, message: Message) => void) | undefined;
  #deadLetters = 0;
  #dropped = 0;

  constructor(options: ActorSystemOptions) {
    this.clock = options.clock ?? realClock;
    this.turns = options.turns ?? nactTurns();
    this.#timers = { clock: this.clock, deliver: (process, message) => this.#deliver(process, message) };
    this.#sink = options.report;
    this.#deadLetterHook = options.deadLetter;
    this.#loop = new RunLoop({
      system: this,
      turns: this.turns,
      clock: this.clock,
      die: (process, reason, ignored) => this.#die(process, reason, ignored),
    });
  }

  get orphans(): number {
    return this.#loop.orphans;
  }

  spawn(behaviour: Behaviour, options: SpawnOptions = {}): Promise<Pid> {
    const label = options.label ?? options.name ?? 'process';
    const parent = options.parent === undefined ? undefined : this.#table.get(options.parent.id);
    if (options.parent !== undefined && parent === undefined) {
      return Promise.reject(new StartFailed(label, 'noproc', false, `its parent ${String(options.parent)} is dead`));
    }
    const pid = new Pid(label);
    const taken = options.name === undefined ? undefined : this.#registry.whereis(options.name);
    if (taken !== undefined) {
      const reason = { term: { already_started: taken } };
      return Promise.reject(new StartFailed(label, reason, false, `"${options.name}" is already ${String(taken)}`));
    }
    const process = new Process(pid, behaviour, {
      parent: options.parent,
      maxQueue: options.maxQueue ?? Infinity,
      trapExit: options.trapExit ?? false,
      initTimeoutMs: options.initTimeoutMs ?? INIT_TIMEOUT_MS,
      startedAt: this.clock.now(),
    });
    process.self = new ProcessSelf(this, process, this.#timers);
    this.#table.set(pid.id, process);
    if (options.name !== undefined) this.register(options.name, pid);
    if (parent !== undefined && options.link !== false) linkProcesses(process, parent);
    return new Promise((resolve, reject) => {
      process.starter = { resolve, reject };
      this.#loop.open(process);
    });
  }

  send(to: Address, message: Message): boolean {
    const process = this.#find(to);
    if (process === undefined) return this.#deadLetter(to, message);
    if (process.mailbox.length >= process.maxQueue) return this.#overflow(process);
    process.mailbox.push(message);
    this.#loop.schedule(process);
    return true;
  }

  sendControl(to: Address, message: Message): boolean {
    const process = this.#find(to);
    if (process === undefined) return this.#deadLetter(to, message);
    this.#deliver(process, message);
    return true;
  }

  exit(to: Pid, reason: ExitReason, from: Pid): void {
    const process = this.#table.get(to.id);
    if (process === undefined) return;
    if (reason === 'kill') this.#die(process, 'killed');
    else if (process.trapping) this.#deliver(process, new ExitSignal(from, reason));
    else if (reason !== 'normal' || from === to) this.#die(process, reason);
  }

  fault(pid: Pid, error: unknown): void {
    const process = this.#table.get(pid.id);
    if (process === undefined) return;
    const reason = error instanceof Exit ? error.reason : { error };
    // A failed start is reported as such, by #bury.
    if (process.starter === undefined && !isOrderly(reason)) {
      this.report({ kind: 'crash', pid, reason, queued: process.mailbox.length });
    }
    this.#die(process, reason);
  }

  link(a: Pid, b: Pid): void {
    const first = this.#table.get(a.id);
    const second = this.#table.get(b.id);
    if (first !== undefined && second !== undefined) linkProcesses(first, second);
    else if (first !== undefined) this.exit(a, 'noproc', b);
    else if (second !== undefined) this.exit(b, 'noproc', a);
  }

  unlink(a: Pid, b: Pid): void {
    const first = this.#table.get(a.id);
    const second = this.#table.get(b.id);
    if (first !== undefined && second !== undefined) unlinkProcesses(first, second);
  }

  monitor(watcher: Pid | ((down: DownMsg) => void), target: Pid): MonitorRef {
    const by = typeof watcher === 'function' ? watcher : this.#table.get(watcher.id);
    const process = this.#table.get(target.id);
    if (by !== undefined && process !== undefined) return addMonitor(by, process);
    const down = new Monitor(by ?? (() => undefined), target);
    if (typeof by === 'function') {
      // Not at once: the caller does not hold the reference yet.
      queueMicrotask(() => {
        if (!down.revoked) this.#tell(by, down);
      });
    } else if (by !== undefined) this.#deliver(by, down);
    return down;
  }

  demonitor(ref: MonitorRef): void {
    if (!(ref instanceof Monitor)) throw new TypeError('demonitor: not a monitor of this actor system');
    removeMonitor(ref, this.#table.get(ref.target.id));
  }

  exited(pid: Pid): Promise<ExitReason> {
    const process = this.#table.get(pid.id);
    if (process === undefined) return Promise.resolve(pid.exit ?? 'noproc');
    return new Promise((resolve) => (process.waiters ??= []).push(resolve));
  }

  isAlive(pid: Pid): boolean {
    return this.#table.has(pid.id);
  }

  info(pid: Pid): ProcessInfo | undefined {
    const process = this.#table.get(pid.id);
    if (process === undefined) return undefined;
    const messageQueueLen = process.mailbox.length;
    return {
      messageQueueLen,
      status: process.running ? 'running' : messageQueueLen > 0 || process.scheduled ? 'runnable' : 'waiting',
      reductions: process.reductions,
      dropped: process.dropped,
      links: process.links === undefined ? [] : Array.from(process.links, (peer) => peer.pid),
      monitors: process.watchers?.size ?? 0,
      label: pid.label,
      names: process.names ?? [],
      startedAt: process.startedAt,
      currentMs: process.busySince < 0 ? 0 : this.clock.monotonic() - process.busySince,
      parent: process.parent,
      published: process.published,
    };
  }

  *processes(): Iterable<Pid> {
    for (const process of this.#table.values()) yield process.pid;
  }

  whereis(address: Address): Pid | undefined {
    if (typeof address === 'string') return this.#registry.whereis(address);
    return this.#table.has(address.id) ? address : undefined;
  }

  register(name: Name, pid: Pid): boolean {
    const process = this.#table.get(pid.id);
    if (process === undefined || !this.#registry.register(name, pid)) return false;
    (process.names ??= []).push(name);
    return true;
  }

  unregister(name: Name): void {
    const holder = this.#registry.unregister(name);
    const process = holder === undefined ? undefined : this.#table.get(holder.id);
    if (process?.names !== undefined) process.names = process.names.filter((other) => other !== name);
  }

  report(report: Report): void {
    try {
      this.#sink?.(report);
    } catch {
      // The sink is where errors are told; there is nowhere left to tell this one (see ReportSink).
    }
  }

  stats(): ActorSystemStats {
    return {
      processes: this.#table.size,
      deadLetters: this.#deadLetters,
      dropped: this.#dropped,
      orphans: this.#loop.orphans,
    };
  }

  #find(to: Address): Process | undefined {
    const pid = typeof to === 'string' ? this.#registry.whereis(to) : to;
    return pid === undefined ? undefined : this.#table.get(pid.id);
  }

  #deliver(process: Process, message: Message): void {
    process.mailbox.push(message);
    this.#loop.schedule(process);
  }

  #overflow(process: Process): false {
    process.dropped++;
    this.#dropped++;
    if (!process.overflowing) {
      process.overflowing = true;
      const { pid, maxQueue, dropped } = process;
      this.report({ kind: 'overflow', pid, maxQueue, dropped });
    }
    return false;
  }

  #deadLetter(to: Address, message: Message): false {
    this.#deadLetters++;
    try {
      this.#deadLetterHook?.(to, message);
    } catch (error) {
      this.report({ kind: 'callback_fault', where: 'dead letter hook', error });
    }
    return false;
  }

  #tell(watcher: (down: DownMsg) => void, down: Monitor): void {
    try {
      watcher(down);
    } catch (error) {
      this.report({ kind: 'callback_fault', where: `monitor of ${String(down.target)}`, error });
    }
  }

  /** Ends a process and, through its links, those that must end with it: a work list, as chains of links can be long. */
  #die(process: Process, reason: ExitReason, ignored = false): void {
    const doomed: [Process, ExitReason][] = [];
    this.#bury(process, reason, ignored, doomed);
    for (let next = doomed.pop(); next !== undefined; next = doomed.pop()) {
      this.#bury(next[0], next[1], false, doomed);
    }
  }

  /**
   * One synchronous step, so a half-dead process is never seen: out of the table and the registry, timers, turn and
   * monitors gone, before the first peer is told.
   */
  #bury(process: Process, reason: ExitReason, ignored: boolean, doomed: [Process, ExitReason][]): void {
    if (process.phase === 'dead') return;
    const { pid, links, watchers, starter, waiters, names } = process;
    process.phase = 'dead';
    pid.exit = reason;
    this.#table.delete(pid.id);
    if (names !== undefined) for (const name of names) this.#registry.unregister(name);
    clearTimers(this.clock, process);
    dropWatching(process, (other) => this.#table.get(other.id));
    process.links = process.watchers = process.starter = process.waiters = process.published = undefined;
    process.turn?.close();
    if (process.running) {
      process.orphaned = true;
      this.#loop.orphans++;
    }
    for (const message of process.mailbox.drain()) {
      // Exit, down and timer messages concern this process alone.
      if (!(message instanceof ExitSignal) && message.tag !== 'DOWN' && message.tag !== '$timer') {
        this.#deadLetter(pid, message);
      }
    }
    if (links !== undefined) {
      for (const peer of links) {
        peer.links?.delete(process);
        // The starter learns of a failed start from `spawn` itself, not a second time as a signal.
        if (starter !== undefined && peer.pid === process.parent) continue;
        if (peer.trapping) this.#deliver(peer, new ExitSignal(pid, reason));
        else if (reason !== 'normal') doomed.push([peer, reason]);
      }
    }
    process.abort?.abort();
    if (starter !== undefined) {
      const text = ignored ? 'init said ignore' : formatReason(reason);
      starter.reject(new StartFailed(pid.label, ignored ? 'normal' : reason, ignored, text));
      if (!ignored && !isOrderly(reason)) this.report({ kind: 'crash', pid, reason, queued: 0 });
    }
    if (watchers !== undefined) {
      for (const monitor of watchers) {
        monitor.reason = reason;
        if (typeof monitor.watcher === 'function') this.#tell(monitor.watcher, monitor);
        else {
          monitor.watcher.watching?.delete(monitor);
          this.#deliver(monitor.watcher, monitor);
        }
      }
    }
    if (waiters !== undefined) for (const resolve of waiters) resolve(reason);
  }
}
