import { describe, expect, it } from 'vitest';
import {
  countChildren,
  restartChild,
  startChild,
  startGenServer,
  startSupervisor,
  terminateChild,
} from '../../../src/otp/index.js';
import type { ChildSpec, ExitReason, Pid, SupFlags } from '../../../src/otp/index.js';
import { boom, ids, started, supervision } from '../../support/supervision.js';
import type { Supervision } from '../../support/supervision.js';
import { collectGarbage } from '../../support/collect-garbage.js';

const REASONS: readonly [string, ExitReason][] = [
  ['normal', 'normal'],
  ['shutdown', 'shutdown'],
  ['{shutdown}', { shutdown: 'enough' }],
  ['error', boom],
  ['kill', 'kill'],
];

/** a, b, c under one strategy; b crashes; gives the pids before and after. */
async function crashMiddle(s: Supervision, strategy: NonNullable<SupFlags['strategy']>, reason: ExitReason = boom) {
  const sup = await s.supervisor({ strategy, intensity: 5 }, [s.worker('a'), s.worker('b'), s.worker('c')]);
  const before = ids(s, 'a', 'b', 'c');
  s.takeLog();
  await s.end(s.pid('b'), reason);
  return { sup, before, after: ids(s, 'a', 'b', 'c') };
}

describe('supervisor: restart types', () => {
  it.each(REASONS)('permanent is restarted after %s', async (_name, reason) => {
    const s = supervision();
    const sup = await s.supervisor({}, [s.worker('a')]);
    const before = s.pid('a');
    await s.end(before, reason);
    expect(s.pid('a')).not.toBe(before);
    expect(await s.which(sup)).toEqual([['a', 'pid']]);
  });

  it.each(REASONS)('transient after %s', async (name, reason) => {
    const s = supervision();
    const sup = await s.supervisor({}, [s.worker('a', { restart: 'transient' })]);
    const before = s.pid('a');
    await s.end(before, reason);
    const again = name === 'error' || name === 'kill';
    expect(s.pid('a') !== before).toBe(again);
    expect(await s.which(sup)).toEqual([['a', again ? 'pid' : undefined]]);
  });

  it.each(REASONS)('temporary is forgotten after %s', async (_name, reason) => {
    const s = supervision();
    const sup = await s.supervisor({}, [s.worker('a', { restart: 'temporary' })]);
    const before = s.pid('a');
    await s.end(before, reason);
    expect(s.pid('a')).toBe(before);
    expect(await s.which(sup)).toEqual([]);
  });

  it('arguments of temporary children are not retained', async () => {
    // Held weakly, an argument goes when the supervisor holds it no more; other holders would keep it alive.
    const s = supervision();
    const spec: ChildSpec<readonly [object]> = {
      id: 'x',
      restart: 'temporary',
      start: (context) => s.startWorker(context, 'x'),
    };
    const sup = await s.supervisor({ strategy: 'simple_one_for_one' }, [spec]);
    const { startDynamicChild } = await import('../../../src/otp/index.js');
    const refs: WeakRef<object>[] = [];
    for (let i = 0; i < 50; i++) {
      const argument = { big: new Array(1000).fill(i) };
      refs.push(new WeakRef(argument));
      await s.run(startDynamicChild(s.system, sup, [argument]));
    }
    expect(await s.run(countChildren(s.system, sup))).toMatchObject({ active: 50 });
    await collectGarbage();
    // The last one or two may still sit in a register or a closure of the test itself.
    expect(refs.filter((ref) => ref.deref() !== undefined).length).toBeLessThan(5);
  });
});

describe('supervisor: strategies', () => {
  it('one_for_one gives only the dead child a new pid', async () => {
    const s = supervision();
    const { before, after } = await crashMiddle(s, 'one_for_one');
    expect([after[0], after[2]]).toEqual([before[0], before[2]]);
    expect(after[1]).not.toBe(before[1]);
    expect(s.log).toEqual(['stop b error', 'start b']);
  });

  it('one_for_all stops the others in reverse start order, then starts all in order', async () => {
    const s = supervision();
    const { before, after } = await crashMiddle(s, 'one_for_all', 'kill');
    for (const [i, id] of after.entries()) expect(id).not.toBe(before[i]);
    expect(s.log).toEqual(['stop c shutdown', 'stop a shutdown', 'start a', 'start b', 'start c']);
  });

  it('rest_for_one takes along only those started after it', async () => {
    const s = supervision();
    const { before, after } = await crashMiddle(s, 'rest_for_one', 'kill');
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect(after[2]).not.toBe(before[2]);
    expect(s.log).toEqual(['stop c shutdown', 'start b', 'start c']);
  });

  it.each(['one_for_all', 'rest_for_one'] as const)('temporary bystanders of %s vanish', async (strategy) => {
    const s = supervision();
    const temporary = { restart: 'temporary' } as const;
    const sup = await s.supervisor({ strategy }, [s.worker('a'), s.worker('t', temporary), s.worker('c')]);
    s.takeLog();
    await s.end(s.pid('a'), 'kill');
    expect(s.log).toEqual(['stop c shutdown', 'stop t shutdown', 'start a', 'start c']);
    expect(await s.which(sup)).toEqual([
      ['c', 'pid'],
      ['a', 'pid'],
    ]);
  });

  it('bystanders that were stopped by hand, or had ended, are started again with the round, as in OTP 25', async () => {
    const s = supervision();
    const sup = await s.supervisor({ strategy: 'one_for_all' }, [
      s.worker('a'),
      s.worker('b', { restart: 'transient' }),
    ]);
    await s.run(terminateChild(s.system, sup, 'b'));
    await s.end(s.pid('a'), 'kill');
    expect(s.alive('b')).toBe(true);
  });

  it('a sibling that refuses during one_for_all: the restarted ones are stopped and the round is repeated', async () => {
    const s = supervision();
    const sup = await s.supervisor({ strategy: 'one_for_all', intensity: 5 }, [
      s.worker('a'),
      s.worker('b'),
      s.worker('c'),
    ]);
    s.takeLog();
    s.plans.set('b', ['refuse', 'ok']);
    await s.end(s.pid('c'), 'kill');
    expect(s.log).toEqual([
      'stop b shutdown',
      'stop a shutdown',
      'start a',
      'refuse b',
      'stop a shutdown',
      'start a',
      'start b',
      'start c',
    ]);
    expect(s.system.info(sup)?.published?.supervisor?.restartsUsed()).toBe(2);
  });

  it('during rest_for_one only from the refusing one onward; those restarted before it stay', async () => {
    const s = supervision();
    await s.supervisor({ strategy: 'rest_for_one', intensity: 5 }, [s.worker('a'), s.worker('b'), s.worker('c')]);
    s.takeLog();
    s.plans.set('b', ['refuse', 'ok']);
    await s.end(s.pid('a'), 'kill');
    expect(s.log).toEqual(['stop c shutdown', 'stop b shutdown', 'start a', 'refuse b', 'start b', 'start c']);
  });

  it('start and stop order follow the list, also for ids that sort otherwise', async () => {
    const s = supervision();
    const names = ['z', '10', '9', 'a', '1', 'b'];
    const sup = await s.supervisor(
      { strategy: 'one_for_all' },
      names.map((id) => s.worker(id)),
    );
    expect(s.takeLog()).toEqual(names.map((id) => `start ${id}`));
    await s.end(s.pid('9'), 'kill');
    const stops = ['b', '1', 'a', '10', 'z'].map((id) => `stop ${id} shutdown`);
    expect(s.takeLog()).toEqual([...stops, ...names.map((id) => `start ${id}`)]);
    expect((await s.which(sup)).map(([id]) => id)).toEqual([...names].reverse());
  });
});

describe('supervisor: intensity', () => {
  it.each([0, 1, 3])('with intensity %i the next crash within the period ends it with shutdown', async (intensity) => {
    const s = supervision();
    const sup = await s.supervisor({ intensity, periodS: 5 }, [s.worker('a'), s.worker('b'), s.worker('c')]);
    s.takeLog();
    for (let i = 0; i < intensity; i++) {
      await s.end(s.pid('b'), 'kill');
      await s.advance(10);
    }
    expect(s.system.isAlive(sup)).toBe(true);
    s.takeLog();
    await s.end(s.pid('b'), 'kill');
    expect(await s.run(s.system.exited(sup))).toBe('shutdown');
    expect(s.log).toEqual(['stop c shutdown', 'stop a shutdown']);
    const offender = { id: 'b', pid: undefined, restart: 'permanent', shutdown: 5000, type: 'worker' };
    const report = { kind: 'intensity_reached', supervisor: sup, id: 'b', intensity, periodS: 5, offender };
    expect(s.reports).toContainEqual(report);
    expect(s.clock.pending).toBe(0);
  });

  it('crashes spaced beyond the period never end it', async () => {
    const s = supervision();
    const sup = await s.supervisor({ intensity: 1, periodS: 5 }, [s.worker('a')]);
    for (let i = 0; i < 50; i++) {
      await s.end(s.pid('a'), boom);
      await s.advance(5001);
    }
    expect(s.system.isAlive(sup)).toBe(true);
  });

  it('the period is the stated one: at its very end a crash still counts', async () => {
    const s = supervision();
    const sup = await s.supervisor({ intensity: 1, periodS: 5 }, [s.worker('a')]);
    await s.end(s.pid('a'), boom);
    await s.advance(5000);
    await s.end(s.pid('a'), boom);
    expect(s.system.isAlive(sup)).toBe(false);
  });

  it.each(['one_for_all', 'rest_for_one'] as const)('a round of %s counts once', async (strategy) => {
    const s = supervision();
    const sup = await s.supervisor({ strategy, intensity: 2 }, [s.worker('a'), s.worker('b'), s.worker('c')]);
    await s.end(s.pid('a'), 'kill');
    expect(s.system.info(sup)?.published?.supervisor?.restartsUsed()).toBe(1);
    await s.end(s.pid('a'), 'kill');
    expect(s.system.isAlive(sup)).toBe(true);
    await s.end(s.pid('a'), 'kill');
    expect(s.system.isAlive(sup)).toBe(false);
  });

  it('a restart that keeps failing counts every attempt', async () => {
    const s = supervision();
    s.plans.set('a', ['ok', 'refuse']);
    const sup = await s.supervisor({ intensity: 5 }, [s.worker('a')]);
    await s.end(s.pid('a'), 'kill');
    expect(await s.run(s.system.exited(sup))).toBe('shutdown');
    expect(s.log.filter((line) => line === 'refuse a').length).toBe(5);
    expect(s.log.filter((line) => line === 'start a').length).toBe(1);
  });

  it('restarts by hand, temporary crashes and orderly ends of transient children do not count', async () => {
    const s = supervision();
    const children = [s.worker('a'), s.worker('t', { restart: 'temporary' }), s.worker('r', { restart: 'transient' })];
    const sup = await s.supervisor({ intensity: 0 }, children);
    for (let i = 0; i < 3; i++) {
      await s.run(terminateChild(s.system, sup, 'a'));
      await s.run(restartChild(s.system, sup, 'a'));
    }
    await s.end(s.pid('t'), boom);
    await s.end(s.pid('r'), 'normal');
    expect(s.system.isAlive(sup)).toBe(true);
    expect(await s.which(sup)).toEqual([
      ['r', undefined],
      ['a', 'pid'],
    ]);
  });

  it('the parent sees shutdown and restarts a permanent supervisor with its static children only', async () => {
    const s = supervision();
    let inner: Pid | undefined;
    const child: ChildSpec = {
      id: 'inner',
      type: 'supervisor',
      start: async ({ system, parent }) => {
        const result = await startSupervisor(system, () => ({ flags: { intensity: 0 }, children: [s.worker('a')] }), {
          parent,
          label: 'inner',
        });
        inner = started(result);
        return result;
      },
    };
    const outer = await s.supervisor({ intensity: 1 }, [child]);
    const first = inner;
    await s.run(startChild(s.system, first as Pid, s.worker('added')));
    await s.end(s.pid('a'), boom);
    expect(inner).not.toBe(first);
    expect((first as Pid).exit).toBe('shutdown');
    expect(await s.which(inner as Pid)).toEqual([['a', 'pid']]);
    expect(s.alive('added')).toBe(false);
    expect(s.system.isAlive(outer)).toBe(true);
  });

  it.each([
    ['transient', undefined],
    ['temporary', 'gone'],
  ] as const)('a %s supervisor that gave up is not restarted', async (restart, gone) => {
    const s = supervision();
    const child: ChildSpec = {
      id: 'inner',
      type: 'supervisor',
      restart,
      start: ({ system, parent }) =>
        startSupervisor(system, () => ({ flags: { intensity: 0 }, children: [s.worker('a')] }), { parent }),
    };
    const outer = await s.supervisor({ intensity: 1 }, [child]);
    await s.end(s.pid('a'), boom);
    expect(await s.which(outer)).toEqual(gone === undefined ? [['inner', undefined]] : []);
  });

  it('a child that does not link itself is linked by its supervisor', async () => {
    const s = supervision();
    let starts = 0;
    const sup = await s.supervisor({}, [
      {
        id: 'loose',
        start: ({ system }) => {
          starts++;
          return startGenServer(system, {}, { label: 'loose' });
        },
      },
    ]);
    const row = s.system.info(sup)?.published?.supervisor?.rows(0, 1)[0];
    s.system.exit(row?.child as Pid, 'kill', sup);
    await s.idle();
    expect(starts).toBe(2);
  });
});
