import { describe, expect, it } from 'vitest';
import {
  countChildren,
  deleteChild,
  endProcess,
  restartChild,
  startChild,
  startDynamicChild,
  startGenServer,
  terminateChild,
  whichChildren,
} from '../../../src/otp/index.js';
import type { ChildSpec, Pid, Restart } from '../../../src/otp/index.js';
import { boom, labels, started, supervision } from '../../support/supervision.js';
import type { Supervision, WorkerTraits } from '../../support/supervision.js';

type Args = readonly [name: string, traits?: WorkerTraits];

async function bench(over: Partial<ChildSpec<Args>> = {}) {
  const s = supervision();
  const parent = await s.run(
    s.system.spawn({ init: () => undefined, handle: () => undefined }, { label: 'parent', trapExit: true }),
  );
  const spec: ChildSpec<Args> = {
    id: 'x',
    ...over,
    start: (context, name, traits) => s.worker(name, {}, traits).start(context),
  };
  const sup = await s.supervisor({ strategy: 'simple_one_for_one', intensity: 3 }, [spec], parent);
  const add = (...args: Args) => s.run(startDynamicChild(s.system, sup, args));
  return { s, sup, parent, add, k: s.system, does: <T>(request: Promise<T>) => s.run(request) };
}

describe('supervisor: dynamic children', () => {
  it('ids are undefined, counts are [1, n, 0, n]; by id nothing works, by pid terminate does', async () => {
    const { s, sup, add, k, does } = await bench();
    await add('a');
    await add('b');
    expect(await s.which(sup)).toEqual([
      [undefined, 'pid'],
      [undefined, 'pid'],
    ]);
    expect(await does(countChildren(k, sup))).toEqual({ specs: 1, active: 2, supervisors: 0, workers: 2 });
    const simple = { error: 'simple_one_for_one' };
    expect(await does(terminateChild(k, sup, 'x'))).toEqual(simple);
    expect(await does(restartChild(k, sup, 'x'))).toEqual(simple);
    expect(await does(deleteChild(k, sup, 'x'))).toEqual(simple);
    expect(await does(startChild(k, sup, s.worker('y')))).toEqual(simple);
    expect(await does(terminateChild(k, sup, s.pid('a')))).toEqual({ ok: true });
    expect(await does(terminateChild(k, sup, s.pid('a')))).toEqual({ ok: true });
    const stranger = started(await does(startGenServer(k, {})));
    expect(await does(terminateChild(k, sup, stranger))).toEqual({ error: 'not_found' });
    expect(await does(countChildren(k, sup))).toEqual({ specs: 1, active: 1, supervisors: 0, workers: 1 });
    expect(k.isAlive(stranger)).toBe(true);
  });

  it('dynamic supervisors count as supervisors', async () => {
    const { sup, add, k, does } = await bench({ type: 'supervisor' });
    await add('a');
    expect(await does(countChildren(k, sup))).toEqual({ specs: 1, active: 1, supervisors: 1, workers: 0 });
  });

  it('ignore is ok without a child; an error is the plain reason', async () => {
    const { s, sup, add, k, does } = await bench();
    s.plans.set('a', ['ignore']);
    s.plans.set('b', ['refuse']);
    expect(await add('a')).toEqual({ ok: undefined });
    expect(await add('b')).toEqual({ error: 'refused' });
    expect(await does(whichChildren(k, sup))).toEqual([]);
  });

  it('a restart uses the original arguments', async () => {
    const { s, sup, add } = await bench();
    await add('a');
    await add('b');
    const before = s.pid('a');
    await s.end(before, boom);
    expect(s.pid('a')).not.toBe(before);
    expect((await s.which(sup)).length).toBe(2);
  });

  it('a restart that says ignore drops the child', async () => {
    const { s, sup, add } = await bench();
    s.plans.set('a', ['ok', 'ignore']);
    await add('a');
    await s.end(s.pid('a'), boom);
    expect(await s.which(sup)).toEqual([]);
    expect(s.system.isAlive(sup)).toBe(true);
  });

  it('a restart that fails is tried again, within the intensity', async () => {
    const { s, sup, add } = await bench();
    s.plans.set('a', ['ok', 'refuse', 'refuse', 'ok']);
    await add('a');
    await s.end(s.pid('a'), boom);
    expect(await s.which(sup)).toEqual([[undefined, 'pid']]);
    expect(s.log.filter((line) => line === 'refuse a').length).toBe(2);
  });

  it.each([
    ['transient', 'normal', 0],
    ['transient', 'kill', 1],
    ['temporary', 'kill', 0],
    ['permanent', 'normal', 1],
  ] as [Restart, 'normal' | 'kill', number][])(
    '22–24 for dynamic children: %s after %s leaves %i',
    async (restart, reason, left) => {
      const { s, sup, add } = await bench({ restart });
      await add('a');
      await s.end(s.pid('a'), reason);
      expect((await s.which(sup)).length).toBe(left);
    },
  );

  it('all are stopped at the same time under one deadline', async () => {
    const { s, sup, parent, add, k } = await bench({ shutdown: 1000 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) await add(name, { stopMs: 200 });
    await add('stubborn', { stopMs: Infinity });
    const before = s.clock.monotonic();
    await s.run(endProcess(k, parent, sup, 'infinity'));
    expect(s.clock.monotonic() - before).toBe(1000);
    expect(s.pid('a').exit).toBe('shutdown');
    expect(s.pid('stubborn').exit).toBe('killed');
    expect(labels(k)).toEqual(['parent']);
  });

  it('five of 200 ms take 200 ms', async () => {
    const { s, sup, parent, add, k } = await bench({ shutdown: 1000 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) await add(name, { stopMs: 200 });
    const before = s.clock.monotonic();
    await s.run(endProcess(k, parent, sup, 'infinity'));
    expect(s.clock.monotonic() - before).toBe(200);
    expect(s.clock.pending).toBe(0);
  });

  it('children that end with odd reasons, or all kill each other, do not stop the shutdown', async () => {
    const { s, sup, parent, add, k } = await bench({ shutdown: 1000 });
    await add('a', { lastReason: { term: 'odd' } });
    await add('b', { lastReason: boom });
    await add('c', { lastReason: 'normal' });
    await s.run(endProcess(k, parent, sup, 'infinity'));
    expect(s.reports.filter((report) => report.kind === 'shutdown_error').length).toBe(3);
    expect(labels(k)).toEqual(['parent']);
  });

  const work = async (s: Supervision, sup: Pid, n: number, named: boolean) => {
    const at = performance.now();
    const pids: Pid[] = [];
    let turns = 0;
    const count = async <T>(request: Promise<T>): Promise<T> => {
      // Turns, not milliseconds: what must be linear is the work, and a shared machine's clock is no witness.
      while (s.turns.step()) turns++;
      return s.run(request);
    };
    for (let i = 0; i < n; i++) {
      const result = named
        ? await count(startChild(s.system, sup, quiet(`n${i}`)))
        : await count(startDynamicChild(s.system, sup, [`n${i}`]));
      pids.push(started(result));
    }
    for (const [i, pid] of pids.entries()) await count(terminateChild(s.system, sup, named ? `n${i}` : pid));
    return { turns, ms: performance.now() - at };
  };

  const quiet = (id: string): ChildSpec => ({
    id,
    restart: 'temporary',
    start: ({ system, parent }) => startGenServer(system, {}, { parent }),
  });

  it.each([false, true])('starting and terminating 10,000 children is linear (named: %s)', async (named) => {
    const run = async (n: number) => {
      const s = supervision();
      const spec: ChildSpec<readonly [string]> = { ...quiet('x'), start: quiet('x').start };
      const sup = await s.supervisor(named ? {} : { strategy: 'simple_one_for_one' }, named ? [] : [spec]);
      const figures = await work(s, sup, n, named);
      expect(await s.which(sup)).toEqual([]);
      return figures;
    };
    await run(200);
    const few = await run(1000);
    const many = await run(10_000);
    expect(many.turns / few.turns).toBeLessThan(10.5);
    process.stdout.write(`${named ? 'named' : 'dynamic'}: 10,000 took ${(many.ms / few.ms).toFixed(1)}x of 1,000\n`);
  });
});
