import { performance } from 'node:perf_hooks';
import type * as Otp from '../../otp/index.js';

/**
 * One workload of actors on one side, in a process of its own: `node actor-workload.js WORKLOAD SIDE COUNT LIBRARY` prints
 * milliseconds. SIDE: `nact`, `ours`, or ours with each actor looked at: `statistics`, `events`, `trace`. Apart, because our actor system follows asynchronous context, which slows promises everywhere in a process,
 * and plain nact must not pay for that.
 */
type Workload = (count: number) => Promise<void>;

async function onNact(): Promise<Readonly<Record<string, Workload>>> {
  const { start, spawn, dispatch, stop } = (await import('nact')).default;
  const system = start();
  // A handler's result is its actor's next state, which these do not have.
  const actor = (name: string, handle: () => void) => spawn(system, handle as () => undefined, name);
  let names = 0;
  return {
    flood: (count) =>
      new Promise((resolve) => {
        let left = count;
        const one = actor(`one${++names}`, () => {
          if (--left > 0) return;
          stop(one);
          resolve();
        });
        for (let i = 0; i < count; i += 1) dispatch(one, i);
      }),
    ping_pong: (count) =>
      new Promise((resolve) => {
        let left = count;
        const ping = actor(`ping${++names}`, () => dispatch(pong, 1));
        const pong = actor(`pong${++names}`, () => {
          if (--left > 0) dispatch(ping, 1);
          else resolve();
        });
        dispatch(ping, 1);
      }),
    children: (count) => {
      for (let i = 0; i < count; i += 1) actor(`child${++names}`, () => undefined);
      return Promise.resolve();
    },
  };
}

/** What an operator may have switched on for an actor. */
const LOOKS: Readonly<Record<string, (system: Otp.ActorSystem, pid: Otp.Pid) => void>> = {
  statistics: (system, pid) => system.sys.setStatistics(pid, true),
  events: (system, pid) => system.sys.setEvents(pid, true),
  trace: (system, pid) => void system.sys.trace(pid, () => undefined),
};

async function onOurs(library: string, look: string): Promise<Readonly<Record<string, Workload>>> {
  const { createActorSystem, cast, startGenServer, startSupervisor, startDynamicChild } = (await import(
    library
  )) as typeof Otp;
  const system = createActorSystem();
  const actor = async (handleCast: () => void) => {
    const started = await startGenServer(system, { handleCast });
    if (typeof started === 'string' || 'error' in started) throw new Error('an actor did not start');
    LOOKS[look]?.(system, started.ok);
    return started.ok;
  };
  return {
    flood: (count) =>
      new Promise((resolve, reject) => {
        let left = count;
        actor(() => {
          if (--left === 0) resolve();
        }).then((one) => {
          for (let i = 0; i < count; i += 1) cast(system, one, i as never);
        }, reject);
      }),
    ping_pong: async (count) => {
      let left = count;
      let done = (): void => undefined;
      const ping = await actor(() => void cast(system, pong, 1 as never));
      const pong = await actor(() => {
        if (--left > 0) cast(system, ping, 1 as never);
        else done();
      });
      await new Promise<void>((resolve) => {
        done = resolve;
        cast(system, ping, 1 as never);
      });
    },
    children: async (count) => {
      const supervisor = await startSupervisor(system, () => ({
        flags: { strategy: 'simple_one_for_one' },
        children: [
          {
            id: 'child',
            restart: 'temporary',
            start: (context, label: string) => startGenServer(system, {}, { parent: context.parent, label }),
          },
        ],
      }));
      if (typeof supervisor === 'string' || 'error' in supervisor) throw new Error('the supervisor did not start');
      for (let i = 0; i < count; i += 1) await startDynamicChild(system, supervisor.ok, [`c${i}`]);
    },
  };
}

const [name = '', side = '', count = '', library = ''] = process.argv.slice(2);
const work = (side === 'nact' ? await onNact() : await onOurs(library, side))[name];
if (work === undefined) throw new Error(`no workload is named ${name}`);
// Once to warm up, once to measure.
await work(Number(count));
globalThis.gc?.();
const began = performance.now();
await work(Number(count));
process.stdout.write(`${performance.now() - began}\n`, () => process.exit(0));
