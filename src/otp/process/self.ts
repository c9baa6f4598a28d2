import { call, cast } from './call.js';
import { Exit, IgnoreStart, ProcessDead } from './exit.js';
import type { Message, MonitorRef, TimerRef } from './message.js';
import type { Published } from './published.js';
import type { Behaviour, ActorSystem, Self, SpawnOptions } from './actor-system-types.js';
import type { Name, Pid } from './pid.js';
import type { Process, TimerHost } from './process.js';
import type { ExitReason } from './reason.js';
import type { Address, Untyped } from './address.js';
import { cancelTimer, startTimer } from './timer.js';

/** What a process's own view needs of the actor system. */
export interface SelfHost extends TimerHost {
  readonly system: ActorSystem;
  /** The process has published a supervisor's view. */
  supervises(process: Process): void;
}

function alive(process: Process): Process {
  if (process.phase === 'dead') throw new ProcessDead(String(process.pid));
  return process;
}

/** One process's own view of the actor system, fenced off once the process is dead. */
export class ProcessSelf implements Self<Message> {
  readonly #process: Process;
  readonly #host: SelfHost;

  constructor(process: Process, host: SelfHost) {
    this.#process = process;
    this.#host = host;
  }

  get system(): ActorSystem {
    return this.#host.system;
  }

  get pid(): Pid {
    return this.#process.pid;
  }

  get parent(): Pid | undefined {
    return this.#process.parent;
  }

  get signal(): AbortSignal {
    const process = this.#process;
    process.abort ??= new AbortController();
    if (process.phase === 'dead') process.abort.abort();
    return process.abort.signal;
  }

  now(): number {
    return this.system.clock.now();
  }

  send(to: Address, message: Message): boolean {
    alive(this.#process);
    return this.system.send(to, message);
  }

  cast(to: Address, message: unknown): boolean {
    alive(this.#process);
    return cast(this.system, to as Untyped, message);
  }

  call<Reply>(to: Address, request: unknown, timeoutMs?: number): Promise<Reply> {
    const { pid } = alive(this.#process);
    // It would wait for itself until the time-out.
    if (this.system.whereis(to) === pid) throw new Error(`${String(pid)} calls itself`);
    return call<Reply>(this.system, to as Untyped, request, timeoutMs);
  }

  sendAfter(ms: number, message: Message): TimerRef {
    return startTimer(this.#host, alive(this.#process), ms, message, false);
  }

  sendInterval(ms: number, message: Message): TimerRef {
    return startTimer(this.#host, alive(this.#process), ms, message, true);
  }

  tell(message: Message): boolean {
    const { pid, phase } = this.#process;
    return phase !== 'dead' && this.system.send(pid, message);
  }

  pipeToSelf<Value>(work: Promise<Value>, done: (value: Value) => Message, failed: (error: unknown) => Message): void {
    const process = alive(this.#process);
    const tell = (make: () => Message): void => {
      if (process.phase === 'dead') return;
      let message: Message;
      try {
        message = make();
      } catch (error) {
        return this.system.fault(process.pid, error);
      }
      this.system.sendControl(process.pid, message);
    };
    work.then(
      (value) => tell(() => done(value)),
      (error: unknown) => tell(() => failed(error)),
    );
  }

  cancel(timer: TimerRef): boolean {
    return cancelTimer(this.#host, alive(this.#process), timer);
  }

  link(pid: Pid): void {
    this.system.link(alive(this.#process).pid, pid);
  }

  unlink(pid: Pid): void {
    this.system.unlink(alive(this.#process).pid, pid);
  }

  monitor(pid: Pid): MonitorRef {
    return this.system.monitor(alive(this.#process).pid, pid);
  }

  demonitor(ref: MonitorRef): void {
    alive(this.#process);
    this.system.demonitor(ref);
  }

  exit(to: Pid, reason: ExitReason): void {
    this.system.exit(to, reason, alive(this.#process).pid);
  }

  stop(reason: ExitReason): never {
    alive(this.#process);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- control flow, not an error (see Exit)
    throw new Exit(reason);
  }

  ignore(): never {
    alive(this.#process);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- control flow, not an error
    throw new IgnoreStart();
  }

  trapExit(on: boolean): void {
    alive(this.#process).trapping = on;
  }

  spawn(behaviour: Behaviour, options: SpawnOptions = {}): Promise<Pid> {
    return this.system.spawn(behaviour, { parent: alive(this.#process).pid, ...options });
  }

  register(name: Name): boolean {
    return this.system.register(name, alive(this.#process).pid);
  }

  publish(published: Published): void {
    const process = alive(this.#process);
    process.published = published;
    if (published.supervisor !== undefined) this.#host.supervises(process);
  }
}
