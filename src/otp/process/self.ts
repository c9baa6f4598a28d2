import { call, cast } from './call.js';
import { Exit, IgnoreStart, ProcessDead } from './exit.js';
import type { Message, MonitorRef, TimerRef } from './message.js';
import type { Published } from './published.js';
import type { Behaviour, ActorSystem, Self, SpawnOptions } from './actor-system-types.js';
import type { Name, Pid } from './pid.js';
import type { Process } from './process.js';
import type { ExitReason } from './reason.js';
import type { Address, Untyped } from './address.js';
import { cancelTimer, startTimer } from './timer.js';
import type { TimerHost } from './timer.js';

/** What a process's own view needs of the actor system. */
export interface SelfHost extends TimerHost {
  /** The process has published a supervisor's view. */
  supervises(process: Process): void;
}

/** One process's own view of the actor system, fenced off once the process is dead. */
export class ProcessSelf implements Self<Message> {
  readonly system: ActorSystem;
  readonly #process: Process;
  readonly #host: SelfHost;

  constructor(system: ActorSystem, process: Process, host: SelfHost) {
    this.system = system;
    this.#process = process;
    this.#host = host;
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
    this.#alive();
    return this.system.send(to, message);
  }

  cast(to: Address, message: unknown): boolean {
    this.#alive();
    return cast(this.system, to as Untyped, message);
  }

  call<Reply>(to: Address, request: unknown, timeoutMs?: number): Promise<Reply> {
    const { pid } = this.#alive();
    // It would wait for itself until the time-out.
    if (this.system.whereis(to) === pid) throw new Error(`${String(pid)} calls itself`);
    return call<Reply>(this.system, to as Untyped, request, timeoutMs);
  }

  sendAfter(ms: number, message: Message): TimerRef {
    return startTimer(this.#host, this.#alive(), ms, message, false);
  }

  sendInterval(ms: number, message: Message): TimerRef {
    return startTimer(this.#host, this.#alive(), ms, message, true);
  }

  tell(message: Message): boolean {
    const { pid, phase } = this.#process;
    return phase !== 'dead' && this.system.send(pid, message);
  }

  pipeToSelf<Value>(work: Promise<Value>, done: (value: Value) => Message, failed: (error: unknown) => Message): void {
    const process = this.#alive();
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
    return cancelTimer(this.#host, this.#alive(), timer);
  }

  link(pid: Pid): void {
    this.system.link(this.#alive().pid, pid);
  }

  unlink(pid: Pid): void {
    this.system.unlink(this.#alive().pid, pid);
  }

  monitor(pid: Pid): MonitorRef {
    return this.system.monitor(this.#alive().pid, pid);
  }

  demonitor(ref: MonitorRef): void {
    this.#alive();
    this.system.demonitor(ref);
  }

  exit(to: Pid, reason: ExitReason): void {
    this.system.exit(to, reason, this.#alive().pid);
  }

  stop(reason: ExitReason): never {
    this.#alive();
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- control flow, not an error (see Exit)
    throw new Exit(reason);
  }

  ignore(): never {
    this.#alive();
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- control flow, not an error
    throw new IgnoreStart();
  }

  trapExit(on: boolean): void {
    this.#alive().trapping = on;
  }

  spawn(behaviour: Behaviour, options: SpawnOptions = {}): Promise<Pid> {
    return this.system.spawn(behaviour, { parent: this.#alive().pid, ...options });
  }

  register(name: Name): boolean {
    return this.system.register(name, this.#alive().pid);
  }

  publish(published: Published): void {
    const process = this.#alive();
    process.published = published;
    if (published.supervisor !== undefined) this.#host.supervises(process);
  }

  #alive(): Process {
    if (this.#process.phase === 'dead') throw new ProcessDead(String(this.#process.pid));
    return this.#process;
  }
}
