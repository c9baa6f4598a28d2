import { realClock } from './clock.js';
import type { Clock } from './clock.js';
import { endProcessAndLinked } from './burial.js';
import type { BurialHost } from './burial.js';
import { Exit, StartFailed } from './exit.js';
import type { Message, MonitorRef, Watcher } from './message.js';
import type { Behaviour, ActorSystem, ActorSystemStats, ProcessInfo, SpawnOptions } from './actor-system-types.js';
import { LONG_MAILBOX } from './actor-system-options.js';
import type { ActorSystemOptions } from './actor-system-options.js';
import { addMonitor, linkProcesses, removeMonitor, unlinkProcesses } from './links.js';
import { Mailboxes } from './mailboxes.js';
import { nactTurns } from './nact-turns.js';
import { Pid } from './pid.js';
import type { Name } from './pid.js';
import { ExitSignal, Monitor, Process } from './process.js';
import type { Published } from './published.js';
import { isOrderly } from './reason.js';
import type { ExitReason } from './reason.js';
import { Registry } from './registry.js';
import { processInfo } from './process-info.js';
import { Reporter } from './reporter.js';
import type { Report } from './report.js';
import { RunLoop } from './run-loop.js';
import { ProcessSelf } from './self.js';
import type { SelfHost } from './self.js';
import type { Address } from './address.js';
import type { CrashBook } from './sys/crash-book.js';
import { crashDetail } from './sys/look-at.js';
import { Observer } from './sys/observer.js';
import { Oversight } from './sys/oversight.js';
import type { Sys } from './sys/sys.js';
import { SysDesk } from './sys/sys-desk.js';
import type { TurnPort } from './turn.js';

/** Milliseconds. A deliberate departure: OTP waits for ever (docs/decisions/0036-the-supervisors-are-otps.md). */
const INIT_TIMEOUT_MS = 30_000;

/** Starts an empty process table. Nothing runs, and nothing keeps Node alive, until something is spawned. */
export function createActorSystem(options: ActorSystemOptions = {}): ActorSystem {
  return new ProcessTable(options);
}

class ProcessTable implements ActorSystem {
  readonly clock: Clock;
  readonly turns: TurnPort;
  readonly sys: Sys;
  readonly crashes: CrashBook;
  readonly #table = new Map<number, Process>();
  readonly #supervisors = new Set<Pid>();
  readonly #registry = new Registry();
  readonly #mailboxes: Mailboxes;
  readonly #loop: RunLoop;
  readonly #selves: SelfHost;
  readonly #burial: BurialHost;
  readonly #reporter: Reporter;
  readonly #keepEvents: boolean;

  constructor(options: ActorSystemOptions) {
    const clock = (this.clock = options.clock ?? realClock);
    this.turns = options.turns ?? nactTurns();
    this.#reporter = new Reporter(options.report, options.deadLetter);
    this.crashes = this.#reporter.crashes;
    this.#keepEvents = options.events ?? false;
    const report = (given: Report): void => this.report(given);
    const schedule = (process: Process): void => this.#loop.schedule(process);
    const find = (pid: Pid): Process | undefined => this.#table.get(pid.id);
    const deliver = (process: Process, message: Message): void => this.#mailboxes.deliver(process, message);
    this.#mailboxes = new Mailboxes({ clock, schedule, report }, options.longMailbox ?? LONG_MAILBOX);
    this.#selves = { system: this, clock, deliver, supervises: ({ pid }) => this.#supervisors.add(pid) };
    const desk = new SysDesk({
      clock,
      allowReplaceState: options.allowReplaceState ?? false,
      find,
      schedule,
      afterTick: (next) => this.turns.afterTick(next),
      report,
      longMailboxes: () => this.#mailboxes.long(),
    });
    this.sys = desk;
    this.#burial = {
      clock,
      find,
      forget: (process, reason) => {
        this.#forget(process);
        this.#mailboxes.gone(process);
        desk.gone(process, reason);
      },
      deliver,
      deadLetter: (to, message) => this.#reporter.deadLetter(to, message),
      tellWatcher: (watcher, down) => this.#reporter.tellWatcher(watcher, down),
      orphaned: (process) => this.#loop.orphaned(process),
      look: (process) => crashDetail({ clock, find }, process),
      crashed: (pid, reason, queued, detail) => this.report({ kind: 'crash', pid, reason, queued, detail }),
    };
    this.#loop = new RunLoop({
      system: this,
      turns: this.turns,
      clock,
      die: (process, reason, ignored) => endProcessAndLinked(this.#burial, process, reason, ignored),
      crashed: (process, reason) => this.#crashed(process, reason),
      eased: (process) => this.#mailboxes.eased(process),
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
    const maxQueue = options.maxQueue ?? Infinity;
    const process = new Process(pid, behaviour, {
      parent: options.parent,
      maxQueue,
      mark: this.#mailboxes.markOf(maxQueue),
      trapExit: options.trapExit ?? false,
      initTimeoutMs: options.initTimeoutMs ?? INIT_TIMEOUT_MS,
      startedAt: this.clock.now(),
    });
    process.self = new ProcessSelf(process, this.#selves);
    if (this.#keepEvents) {
      const observer = new Observer(this.clock);
      observer.events = [];
      (process.oversight = new Oversight()).observer = observer;
    }
    this.#table.set(pid.id, process);
    if (options.name !== undefined) this.register(options.name, pid);
    if (parent !== undefined && options.link !== false) linkProcesses(process, parent);
    return new Promise((resolve, reject) => {
      process.starter = { resolve, reject };
      this.#loop.schedule(process);
    });
  }

  send(to: Address, message: Message): boolean {
    const process = this.#find(to);
    if (process === undefined) return this.#reporter.deadLetter(to, message);
    if (process.mailbox.length >= process.mark && !this.#mailboxes.hasRoom(process)) return false;
    process.mailbox.push(message);
    this.#loop.schedule(process);
    return true;
  }

  sendControl(to: Address, message: Message): boolean {
    const process = this.#find(to);
    if (process === undefined) return this.#reporter.deadLetter(to, message);
    this.#mailboxes.deliver(process, message);
    return true;
  }

  exit(to: Pid, reason: ExitReason, from: Pid): void {
    const process = this.#table.get(to.id);
    if (process === undefined) return;
    if (reason === 'kill') this.#die(process, 'killed');
    else if (process.trapping) this.#mailboxes.deliver(process, new ExitSignal(from, reason));
    else if (reason !== 'normal' || from === to) this.#die(process, reason);
  }

  fault(pid: Pid, error: unknown): void {
    const process = this.#table.get(pid.id);
    if (process === undefined) return;
    const reason = error instanceof Exit ? error.reason : { error };
    // A failed start is reported as such, when it is buried.
    if (process.starter === undefined && !isOrderly(reason)) this.#crashed(process, reason);
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

  monitor(watcher: Pid | Watcher, target: Pid): MonitorRef {
    const by = watcher instanceof Pid ? this.#table.get(watcher.id) : watcher;
    const process = this.#table.get(target.id);
    if (by !== undefined && process !== undefined) return addMonitor(by, process);
    const down = new Monitor(by ?? (() => undefined), target);
    if (by instanceof Process) this.#mailboxes.deliver(by, down);
    else if (by !== undefined) {
      // Not at once: the caller does not hold the reference yet.
      queueMicrotask(() => {
        if (!down.revoked) this.#reporter.tellWatcher(by, down);
      });
    }
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
    return process === undefined ? undefined : processInfo(process, this.clock);
  }

  mailboxLength(pid: Pid): number {
    return this.#table.get(pid.id)?.mailbox.length ?? 0;
  }

  published(pid: Pid): Published | undefined {
    return this.#table.get(pid.id)?.published;
  }

  *processes(): Iterable<Pid> {
    for (const process of this.#table.values()) yield process.pid;
  }

  supervisors(): Iterable<Pid> {
    return this.#supervisors;
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
    this.#reporter.report(report);
  }

  stats(): ActorSystemStats {
    return {
      processes: this.#table.size,
      deadLetters: this.#reporter.deadLetters,
      dropped: this.#mailboxes.dropped,
      orphans: this.#loop.orphans,
    };
  }

  #find(to: Address): Process | undefined {
    const pid = typeof to === 'string' ? this.#registry.whereis(to) : to;
    return pid === undefined ? undefined : this.#table.get(pid.id);
  }

  #crashed(process: Process, reason: ExitReason): void {
    const detail = crashDetail({ clock: this.clock, find: (pid) => this.#table.get(pid.id) }, process);
    this.report({ kind: 'crash', pid: process.pid, reason, queued: process.mailbox.length, detail });
  }

  #die(process: Process, reason: ExitReason): void {
    endProcessAndLinked(this.#burial, process, reason);
  }

  #forget({ pid, names }: Process): void {
    this.#table.delete(pid.id);
    this.#supervisors.delete(pid);
    if (names !== undefined) for (const name of names) this.#registry.unregister(name);
  }
}
