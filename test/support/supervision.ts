import {
  CallFailed,
  cast,
  startGenServer,
  startSupervisor,
  stopGenServer,
  whichChildren,
} from '../../src/otp/index.js';
import type {
  Address,
  AnyChildSpec,
  ChildSpec,
  ExitReason,
  ActorSystem,
  Message,
  Pid,
  Self,
  GenServer,
  StartContext,
  StartResult,
  SupFlags,
} from '../../src/otp/index.js';
import { virtualSystem } from '../../src/otp/testing/index.js';
import type { VirtualSystem } from '../../src/otp/testing/index.js';

/** What a child's start function does next time. */
export type Plan = 'ok' | 'ignore' | 'refuse' | 'throw' | 'rubbish' | 'slow';

export interface WorkerTraits {
  /** Trap exits and log the end. Default true. */
  readonly traps?: boolean;
  /** Milliseconds that its `terminate` takes; Infinity never ends by itself. Default 0. */
  readonly stopMs?: number;
  /** Reason it ends with when told to stop, instead of the one it was told. */
  readonly lastReason?: ExitReason;
  /** Unlinks itself from its parent at once. */
  readonly unlinks?: boolean;
}

type WorkerCast = { readonly stop: ExitReason } | { readonly fail: unknown };

/** A supervisor's test bench: children that do what a plan says and write down what happens to them. */
export interface Supervision extends VirtualSystem {
  /** `start a`, `stop a shutdown`, in order. */
  readonly log: string[];
  /** What the next starts of a child do; the last one stays. Default `ok`. */
  readonly plans: Map<string, Plan[]>;
  /** Latest process of each id that started. */
  readonly last: Map<string, Pid>;
  worker(id: string, over?: Partial<Omit<ChildSpec, 'id' | 'start'>>, traits?: WorkerTraits): ChildSpec;
  /** Starts a worker process as a child spec's start function would. */
  startWorker(context: StartContext, id: string, traits?: WorkerTraits): Promise<StartResult>;
  supervisor(flags: SupFlags, children: readonly AnyChildSpec[], parent?: Pid): Promise<Pid>;
  /** Ends a worker by its own doing (or by kill) and lets everything react. */
  end(pid: Pid | undefined, reason: ExitReason): Promise<void>;
  /** id → process, restarting or undefined, newest first. */
  which(supervisor: Address): Promise<[string | undefined, 'pid' | 'restarting' | undefined][]>;
  pid(id: string): Pid;
  alive(id: string): boolean;
  takeLog(): string[];
  sleep(ms: number): Promise<void>;
}

function worker(id: string, log: string[], sleep: (ms: number) => Promise<void>, traits: WorkerTraits) {
  const { traps = true, stopMs = 0, lastReason } = traits;
  const server: GenServer<'ping', string, WorkerCast, Message> = {
    init: (self: Self) => {
      log.push(`start ${id}`);
      if (traits.unlinks === true && self.parent !== undefined) self.unlink(self.parent);
    },
    handleCall: () => id,
    handleCast: (self: Self, message) => {
      if ('fail' in message) throw message.fail;
      self.stop(message.stop);
    },
    handleInfo: () => undefined,
  };
  if (!traps) return server;
  server.terminate = async (self: Self, reason: ExitReason) => {
    if (stopMs > 0) await sleep(stopMs);
    log.push(`stop ${id} ${typeof reason === 'string' ? reason : Object.keys(reason).join()}`);
    if (lastReason !== undefined) self.stop(lastReason);
  };
  return server;
}

/** Makes a test bench on manual turns and virtual time. */
export function supervision(): Supervision {
  const v = virtualSystem();
  const log: string[] = [];
  const plans = new Map<string, Plan[]>();
  const last = new Map<string, Pid>();
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => void v.clock.setTimer(ms, resolve));

  const startWorker = async (context: StartContext, id: string, traits: WorkerTraits = {}): Promise<StartResult> => {
    const started = await startGenServer(context.system, worker(id, log, sleep, traits), {
      parent: context.parent,
      label: id,
      trapExit: traits.traps ?? true,
    });
    if (typeof started === 'object' && 'ok' in started) last.set(id, started.ok);
    return started;
  };

  const s: Supervision = {
    ...v,
    log,
    plans,
    last,
    sleep,
    startWorker,
    worker: (id, over = {}, traits = {}) => ({
      id,
      ...over,
      start: async (context) => {
        const plan = plans.get(id);
        const next = (plan !== undefined && plan.length > 1 ? plan.shift() : plan?.[0]) ?? 'ok';
        if (next !== 'ok') log.push(`${next} ${id}`);
        switch (next) {
          case 'ignore':
            return 'ignore';
          case 'refuse':
            return { error: 'refused' };
          case 'throw':
            throw new Error(`start of ${id} threw`);
          case 'rubbish':
            return 'rubbish' as unknown as StartResult;
          case 'slow':
            await sleep(100);
            return startWorker(context, id, traits);
          case 'ok':
            return startWorker(context, id, traits);
        }
      },
    }),
    supervisor: async (flags, children, parent) => {
      const started = await v.run(
        startSupervisor(v.system, () => ({ flags, children }), parent === undefined ? {} : { parent }),
      );
      if (typeof started !== 'object' || !('ok' in started))
        throw new Error('supervisor did not start', { cause: started });
      return started.ok;
    },
    end: async (pid, reason) => {
      if (pid === undefined) throw new Error('no such process');
      if (reason === 'kill') v.system.exit(pid, 'kill', pid);
      else if (typeof reason === 'object' && 'error' in reason) cast(v.system, pid, { fail: reason.error });
      else {
        await v.run(
          stopGenServer(v.system, pid, reason).catch((error: unknown) => {
            if (!(error instanceof CallFailed)) throw error;
          }),
        );
      }
      await v.idle();
    },
    which: async (supervisor) => {
      const rows = await v.run(whichChildren(v.system, supervisor));
      return rows.map((row) => [row.id, typeof row.child === 'object' ? 'pid' : row.child]);
    },
    pid: (id) => {
      const pid = last.get(id);
      if (pid === undefined) throw new Error(`${id} never started`);
      return pid;
    },
    alive: (id) => last.get(id) !== undefined && v.system.isAlive(s.pid(id)),
    takeLog: () => log.splice(0),
  };
  return s;
}

/** The process of a start that must have succeeded. */
export function started(result: StartResult | { readonly ok: Pid | undefined } | { readonly error: unknown }): Pid {
  if (typeof result === 'object' && 'ok' in result && result.ok !== undefined) return result.ok;
  throw new Error('did not start', { cause: result });
}

/** Numbers of the processes, to compare identities before and after. */
export function ids(s: Supervision, ...names: string[]): number[] {
  return names.map((name) => s.pid(name).id);
}

/** A crash by thrown error, as an exit reason. */
export const boom: ExitReason = { error: new Error('boom') };

/** A kernel's live processes by label. */
export function labels(system: ActorSystem): string[] {
  return Array.from(system.processes(), (pid) => pid.label);
}
