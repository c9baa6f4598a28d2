import { describe, expect, it } from 'vitest';
import {
  countChildren,
  deleteChild,
  endProcess,
  restartChild,
  startChild,
  startSupervisor,
  terminateChild,
} from '../../../src/otp/index.js';
import type { ChildSpec, ExitReason, Pid, SupFlags } from '../../../src/otp/index.js';
import { boom, labels, supervision } from '../../support/supervision.js';

describe('supervisor: restart loop', () => {
  /** b (of a, b, c) can't restart, and one request is already waiting when the loop begins. */
  const bench = async (strategy: NonNullable<SupFlags['strategy']>) => {
    const s = supervision();
    const parent = await s.run(
      s.system.spawn({ init: () => undefined, handle: () => undefined }, { label: 'parent', trapExit: true }),
    );
    const children = [s.worker('a'), s.worker('b'), s.worker('c')];
    const sup = await s.supervisor({ strategy, intensity: 1000 }, children, parent);
    s.plans.set('b', ['refuse']);
    return { s, sup, parent, k: s.system };
  };

  it('which shows restarting, later rest_for_one siblings undefined, and counts are without them', async () => {
    const { s, sup, k } = await bench('rest_for_one');
    k.exit(s.pid('b'), 'kill', sup);
    const [rows, counts] = await Promise.all([s.which(sup), s.run(countChildren(k, sup))]);
    expect(rows).toEqual([
      ['c', undefined],
      ['b', 'restarting'],
      ['a', 'pid'],
    ]);
    expect(counts).toEqual({ specs: 3, active: 1, supervisors: 0, workers: 3 });
  });

  it('start_child says already_present, restart and delete say restarting, terminate ends the loop', async () => {
    const { s, sup, k } = await bench('one_for_one');
    k.exit(s.pid('b'), 'kill', sup);
    const answers = Promise.all([
      startChild(k, sup, s.worker('b')),
      restartChild(k, sup, 'b'),
      deleteChild(k, sup, 'b'),
      terminateChild(k, sup, 'b'),
    ]);
    expect(await s.run(answers)).toEqual([
      { error: 'already_present' },
      { error: 'restarting' },
      { error: 'restarting' },
      { ok: true },
    ]);
    const tries = s.log.length;
    await s.advance(1000);
    expect(s.log.length).toBe(tries);
    expect(await s.which(sup)).toEqual([
      ['c', 'pid'],
      ['b', undefined],
      ['a', 'pid'],
    ]);
  });

  it('a restart that says ignore in the end ends the loop without a process', async () => {
    const { s, sup, k } = await bench('one_for_one');
    s.plans.set('b', ['refuse', 'ignore']);
    k.exit(s.pid('b'), 'kill', sup);
    await s.idle();
    expect(await s.which(sup)).toContainEqual(['b', undefined]);
    s.plans.set('b', ['ok']);
    expect(await s.run(restartChild(k, sup, 'b'))).toEqual({ ok: s.pid('b') });
  });

  it('stopping the supervisor during the loop works', async () => {
    const { s, sup, parent, k } = await bench('one_for_one');
    k.exit(s.pid('b'), 'kill', sup);
    const stopping = endProcess(k, parent, sup, 'infinity');
    expect(await s.run(stopping)).toBe('shutdown');
    expect(labels(k)).toEqual(['parent']);
    expect(s.clock.pending).toBe(0);
  });
});

function significant(restart: 'transient' | 'temporary') {
  return { restart, significant: true };
}

describe('supervisor: significant children', () => {
  it.each([
    ['transient', 'normal', true],
    ['transient', 'shutdown', true],
    ['transient', { shutdown: 'enough' }, true],
    ['transient', boom, false],
    ['transient', 'kill', false],
    ['temporary', 'normal', true],
    ['temporary', boom, true],
    ['temporary', 'kill', true],
  ] as ['transient' | 'temporary', ExitReason, boolean][])(
    'any_significant: %s + %j ends it: %s',
    async (restart, reason, ends) => {
      const s = supervision();
      const children = [s.worker('a'), s.worker('s', significant(restart)), s.worker('c')];
      const sup = await s.supervisor({ autoShutdown: 'any_significant' }, children);
      const before = s.pid('s');
      s.takeLog();
      await s.end(before, reason);
      if (ends) {
        expect(sup.exit).toBe('shutdown');
        expect(s.log.filter((line) => !line.startsWith('stop s'))).toEqual(['stop c shutdown', 'stop a shutdown']);
      } else {
        expect(s.system.isAlive(sup)).toBe(true);
        expect(s.pid('s')).not.toBe(before);
      }
    },
  );

  it('all_significant: only the last active significant one triggers it', async () => {
    const s = supervision();
    const children = [
      s.worker('s1', significant('transient')),
      s.worker('s2', significant('temporary')),
      s.worker('s3', significant('transient')),
      s.worker('a'),
    ];
    const sup = await s.supervisor({ autoShutdown: 'all_significant' }, children);
    await s.end(s.pid('s1'), 'normal');
    await s.end(s.pid('s2'), boom);
    expect(s.system.isAlive(sup)).toBe(true);
    await s.end(s.pid('s3'), 'normal');
    expect(sup.exit).toBe('shutdown');
    expect(s.alive('a')).toBe(false);
  });

  it('one that is being restarted counts as active', async () => {
    const s = supervision();
    const children = [s.worker('s1', significant('transient')), s.worker('s2', significant('temporary'))];
    const sup = await s.supervisor({ autoShutdown: 'all_significant', intensity: 1000 }, children);
    s.plans.set('s1', [...Array<'refuse'>(5).fill('refuse'), 'ok']);
    s.system.exit(s.pid('s1'), 'kill', sup);
    s.system.exit(s.pid('s2'), 'kill', sup);
    await s.idle();
    expect(s.system.isAlive(sup)).toBe(true);
    expect(await s.which(sup)).toEqual([['s1', 'pid']]);
  });

  it('terminate_child never triggers', async () => {
    const s = supervision();
    const children = [s.worker('s1', significant('transient')), s.worker('s2', significant('temporary'))];
    const sup = await s.supervisor({ autoShutdown: 'any_significant' }, children);
    await s.run(terminateChild(s.system, sup, 's1'));
    await s.run(terminateChild(s.system, sup, 's2'));
    expect(s.system.isAlive(sup)).toBe(true);
  });

  it.each(['one_for_all', 'rest_for_one'] as const)('nor does a significant bystander of %s', async (strategy) => {
    const s = supervision();
    const children = [
      s.worker('a'),
      s.worker('s1', significant('transient')),
      s.worker('s2', significant('temporary')),
    ];
    const sup = await s.supervisor({ strategy, autoShutdown: 'any_significant' }, children);
    await s.end(s.pid('a'), 'kill');
    expect(s.system.isAlive(sup)).toBe(true);
    expect(await s.which(sup)).toEqual([
      ['s1', 'pid'],
      ['a', 'pid'],
    ]);
  });

  it.each([
    [true, false],
    [false, true],
  ])(
    'a child supervisor (significant: %s) that shuts itself down leaves its parent alive: %s',
    async (counts, alive) => {
      const s = supervision();
      const inner: ChildSpec = {
        id: 'inner',
        type: 'supervisor',
        restart: 'transient',
        significant: counts,
        start: ({ system, parent }) => {
          const children = [s.worker('s', significant('transient'))];
          return startSupervisor(system, () => ({ flags: { autoShutdown: 'any_significant' }, children }), { parent });
        },
      };
      const outer: Pid = await s.supervisor({ autoShutdown: 'any_significant' }, [inner, s.worker('a')]);
      await s.end(s.pid('s'), 'normal');
      expect(s.system.isAlive(outer)).toBe(alive);
      expect(s.alive('a')).toBe(alive);
    },
  );
});
