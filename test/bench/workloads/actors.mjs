// One actor workload on one side, in a process of its own: `node actors.mjs WORKLOAD kernel|nact`, prints milliseconds.
// Apart, because the kernel follows asynchronous context (it blames faults on their owner), which slows promises
// everywhere in the process, and plain nact must not pay for that.
import { performance } from 'node:perf_hooks';

const [workload, side] = process.argv.slice(2);
const FLOOD = 1_000_000;
const PINGS = 200_000;
const CALLS = 200_000;
const OUTSTANDING = 100;
const CHILDREN = 10_000;

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

const onKernel = async () => {
  const { createKernel, call, cast, startServer, startSupervisor, startDynamicChild } =
    await import('../../../dist/otp/index.js');
  const kernel = createKernel();
  const serve = async (server, options) => (await startServer(kernel, server, options)).ok;
  const answerer = await serve({ call: () => 1 });
  const ask = () => call(kernel, answerer, 0);
  return {
    flood: async () => {
      const { promise, resolve } = done();
      let count = 0;
      const actor = await serve({ cast: () => void (++count === FLOOD && resolve()) });
      for (let i = 0; i < FLOOD; i++) cast(kernel, actor, i);
      await promise;
      kernel.exit(actor, 'kill', actor);
    },
    ping_pong: async () => {
      const { promise, resolve } = done();
      let count = 0;
      const ping = await serve({ cast: () => void cast(kernel, pong, 1) });
      const pong = await serve({ cast: () => void (++count === PINGS ? resolve() : cast(kernel, ping, 1)) });
      cast(kernel, ping, 1);
      await promise;
      kernel.exit(ping, 'kill', ping);
      kernel.exit(pong, 'kill', pong);
    },
    call: () => calls(ask, 1),
    calls_100: () => calls(ask, OUTSTANDING),
    children: async () => {
      const start = (context, label) => startServer(kernel, {}, { parent: context.parent, label });
      const supervisor = await startSupervisor(kernel, () => ({
        flags: { strategy: 'simple_one_for_one' },
        children: [{ id: 'child', restart: 'temporary', start }],
      }));
      for (let i = 0; i < CHILDREN; i++) await startDynamicChild(kernel, supervisor.ok, [`c${i}`]);
    },
  };
};

const work = (await (side === 'kernel' ? onKernel() : onNact()))[workload];
// Once to warm up, once to measure.
await work();
globalThis.gc?.();
const before = performance.now();
await work();
console.log(performance.now() - before);
process.exit(0);
