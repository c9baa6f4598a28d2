// One actor workload on one side, in a process of its own: `node actors.mjs WORKLOAD SIDE`, prints milliseconds
// (BENCH_CLOCK=cpu: of processor time, which a busy machine disturbs less).
// SIDE: nact, ours, or ours with each actor looked at: statistics, events, trace. BENCH_OTP: a built actor library
// (dist/otp/index.js of another commit) in place of this one's.
// Apart, because the actor system follows asynchronous context (it blames faults on their owner), which slows promises
// everywhere in the process, and plain nact must not pay for that.
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { scaled } from '../scaled.mjs';

const [workload, side] = process.argv.slice(2);
const FLOOD = scaled(1_000_000);
const PINGS = scaled(200_000);
const CALLS = scaled(200_000);
const OUTSTANDING = 100;
const CHILDREN = scaled(10_000);

const done = () => {
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
};

/** `one` starts a call and resolves with its reply; keeps `width` of them under way. */
const calls = async (one, width) => {
  let left = CALLS;
  const worker = async () => {
    while (left-- > 0) await one();
  };
  await Promise.all(Array.from({ length: width }, worker));
};

const onNact = async () => {
  const { start, spawn, spawnStateless, dispatch, query, stop } = (await import('nact')).default;
  const system = start();
  const answerer = spawnStateless(system, ({ reply }) => dispatch(reply, 1));
  const ask = () => query(answerer, (reply) => ({ reply }), 5000);
  return {
    flood: async () => {
      const { promise, resolve } = done();
      let count = 0;
      const actor = spawnStateless(system, () => ++count === FLOOD && resolve());
      for (let i = 0; i < FLOOD; i++) dispatch(actor, i);
      await promise;
      stop(actor);
    },
    ping_pong: async () => {
      const { promise, resolve } = done();
      let count = 0;
      const ping = spawnStateless(system, () => dispatch(pong, 1));
      const pong = spawnStateless(system, () => (++count === PINGS ? resolve() : dispatch(ping, 1)));
      dispatch(ping, 1);
      await promise;
      stop(ping);
      stop(pong);
    },
    call: () => calls(ask, 1),
    calls_100: () => calls(ask, OUTSTANDING),
    children: async () => {
      for (let i = 0; i < CHILDREN; i++) spawn(system, (state) => state, `c${performance.now()}-${i}`);
    },
  };
};

const LOOKS = {
  ours: () => undefined,
  statistics: (system, pid) => system.sys.setStatistics(pid, true),
  events: (system, pid) => system.sys.setEvents(pid, true),
  trace: (system, pid) => system.sys.trace(pid, () => undefined),
};

const onActorSystem = async () => {
  const library =
    process.env.BENCH_OTP === undefined ? '../../../dist/otp/index.js' : pathToFileURL(process.env.BENCH_OTP);
  const { createActorSystem, call, cast, startGenServer, startSupervisor, startDynamicChild } = await import(library);
  const system = createActorSystem();
  const serve = async (server, options) => {
    const { ok } = await startGenServer(system, server, options);
    LOOKS[side](system, ok);
    return ok;
  };
  const answerer = await serve({ handleCall: () => 1 });
  const ask = () => call(system, answerer, 0);
  return {
    flood: async () => {
      const { promise, resolve } = done();
      let count = 0;
      const actor = await serve({ handleCast: () => void (++count === FLOOD && resolve()) });
      for (let i = 0; i < FLOOD; i++) cast(system, actor, i);
      await promise;
      system.exit(actor, 'kill', actor);
    },
    ping_pong: async () => {
      const { promise, resolve } = done();
      let count = 0;
      const ping = await serve({ handleCast: () => void cast(system, pong, 1) });
      const pong = await serve({ handleCast: () => void (++count === PINGS ? resolve() : cast(system, ping, 1)) });
      cast(system, ping, 1);
      await promise;
      system.exit(ping, 'kill', ping);
      system.exit(pong, 'kill', pong);
    },
    call: () => calls(ask, 1),
    calls_100: () => calls(ask, OUTSTANDING),
    children: async () => {
      const start = (context, label) => startGenServer(system, {}, { parent: context.parent, label });
      const supervisor = await startSupervisor(system, () => ({
        flags: { strategy: 'simple_one_for_one' },
        children: [{ id: 'child', restart: 'temporary', start }],
      }));
      for (let i = 0; i < CHILDREN; i++) await startDynamicChild(system, supervisor.ok, [`c${i}`]);
    },
  };
};

const work = (await (side === 'nact' ? onNact() : onActorSystem()))[workload];
// Once to warm up, once to measure.
await work();
globalThis.gc?.();
const now = () => {
  if (process.env.BENCH_CLOCK !== 'cpu') return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const before = now();
await work();
console.log(now() - before);
process.exit(0);
