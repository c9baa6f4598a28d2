import { describe, expect, it } from 'vitest';
import {
  cast,
  dependentsOf,
  keyedChildren,
  restartBudgets,
  restartRunningChild,
  startDynamicChild,
  startGenServer,
  startSupervisor,
  terminateChild,
} from '../../../src/otp/index.js';
import type { Pid, StartContext } from '../../../src/otp/index.js';
import { boom, supervision } from '../../support/supervision.js';
import type { Supervision } from '../../support/supervision.js';
import { Recorder } from './recorder.js';

function pids(s: Supervision) {
  return { a: s.pid('a'), b: s.pid('b'), c: s.pid('c') };
}

async function three(strategy: 'one_for_one' | 'rest_for_one' | 'one_for_all') {
  const s = supervision();
  const sup = await s.supervisor({ strategy, intensity: 1, periodS: 5 }, [s.worker('a'), s.worker('b'), s.worker('c')]);
  s.takeLog();
  return { s, sup, before: pids(s) };
}

describe('sys and supervisors', () => {
  it('the state of a supervisor is its flags, its budget and its children', async () => {
    const { s, sup } = await three('rest_for_one');
    await s.end(s.pid('c'), boom);
    expect(s.system.sys.getState(sup)).toEqual({
      strategy: 'rest_for_one',
      intensity: 1,
      period_s: 5,
      auto_shutdown: 'never',
      restarts_used: 1,
      total: 3,
      children: ['a', 'b', 'c'].map((id) => ({
        id,
        child: String(s.pid(id)),
        type: 'worker',
        restarts: id === 'c' ? 1 : 0,
      })),
    });
  });

  it('a suspended child ends within its shutdown time when it is told to stop', async () => {
    const { s, sup } = await three('one_for_one');
    const pid = s.pid('b');
    await s.run(s.system.sys.suspend(pid));
    cast(s.system, pid, { stop: 'normal' });
    expect(await s.run(terminateChild(s.system, sup, 'b'))).toEqual({ ok: true });
    expect([pid.exit, s.takeLog()]).toEqual(['shutdown', ['stop b shutdown']]);
  });

  it('a suspended supervisor restarts nothing until it is resumed', async () => {
    const { s, sup, before } = await three('one_for_one');
    await s.run(s.system.sys.suspend(sup));
    await s.end(s.pid('b'), boom);
    await s.advance(60_000);
    expect(s.system.isAlive(before.b)).toBe(false);
    expect(s.pid('b')).toBe(before.b);
    await s.run(s.system.sys.resume(sup));
    await s.idle();
    expect(s.alive('b')).toBe(true);
  });

  it('a suspended supervisor ends its children in order when its own supervisor stops', async () => {
    const s = supervision();
    const inner = (context: StartContext) =>
      startSupervisor(s.system, () => ({ children: [s.worker('a'), s.worker('b')] }), {
        parent: context.parent,
        label: 'inner',
      });
    const top = await s.supervisor({}, [{ id: 'inner', type: 'supervisor', start: inner }]);
    const pid = s.system.info(s.pid('a'))!.parent!;
    s.takeLog();
    await s.run(s.system.sys.suspend(pid));
    expect(await s.run(terminateChild(s.system, top, 'inner'))).toEqual({ ok: true });
    expect([pid.exit, s.takeLog()]).toEqual(['shutdown', ['stop b shutdown', 'stop a shutdown']]);
  });

  it('children by key are suspended and looked at like any other', async () => {
    const s = supervision();
    const start = (context: StartContext, key: string) =>
      startGenServer(s.system, new Recorder(s), { parent: context.parent, label: `key:${key}` });
    const sup = await s.supervisor({ strategy: 'simple_one_for_one' }, [
      { id: 'child', restart: 'temporary', start: start },
    ]);
    const children = keyedChildren<{ tag: 'note'; what: string }>(s.system, { supervisor: sup });
    children.send('k', { tag: 'note', what: 'a' });
    await s.idle();
    const pid = children.whereis('k')!;
    await s.run(s.system.sys.suspend(pid));
    children.send('k', { tag: 'note', what: 'b' });
    await s.idle();
    expect(s.system.sys.getStatus(pid)).toMatchObject({
      path: 'supervisor/key:k',
      status: 'suspended',
      state: { seen: 1 },
      mailbox: { kinds: { note: 1 } },
    });
    expect(s.system.sys.getState(sup)).toMatchObject({ total: 1, children: [{ id: null, child: String(pid) }] });
  });
});

describe('supervisor reports', () => {
  it('name the child with its process, restart type, shutdown and type', async () => {
    const s = supervision();
    await s.supervisor({ intensity: 1 }, [s.worker('a', { restart: 'transient', shutdown: 300 })]);
    const first = s.pid('a');
    s.plans.set('a', ['refuse', 'ok']);
    await s.end(first, boom);
    const offender = { id: 'a', restart: 'transient', shutdown: 300, type: 'worker' };
    const about = (kind: string) => s.reports.filter((report) => report.kind === kind);
    expect(about('child_started')[0]).toMatchObject({ offender: { ...offender, pid: first } });
    expect(about('child_terminated')).toMatchObject([{ reason: boom, offender: { ...offender, pid: first } }]);
    expect(about('start_error')).toMatchObject([{ offender: { ...offender, pid: undefined } }]);
  });
});

describe('restart budgets', () => {
  it('are those of supervisors that restarted something within their period', async () => {
    const { s, sup } = await three('one_for_one');
    await s.supervisor({ intensity: 9 }, [s.worker('d')]);
    expect([...s.system.supervisors()]).toHaveLength(2);
    expect(restartBudgets(s.system)).toEqual([]);
    await s.end(s.pid('a'), boom);
    expect(restartBudgets(s.system)).toEqual([{ supervisor: sup, used: 1, of: 1, periodS: 5 }]);
    await s.advance(5001);
    expect(restartBudgets(s.system)).toEqual([]);
    await s.end(s.pid('a'), boom);
    await s.end(s.pid('a'), boom);
    expect([s.system.isAlive(sup), [...s.system.supervisors()].length]).toEqual([false, 1]);
  });
});

describe('what rests on a child, and its restart in one step', () => {
  it.each([
    ['one_for_one', []],
    ['rest_for_one', ['c']],
    ['one_for_all', ['a', 'c']],
  ] as const)('%s: with b go %j', async (strategy, siblings) => {
    const { s, sup, before } = await three(strategy);
    expect(dependentsOf(s.system, sup, 'b')).toEqual(siblings);
    const done = await s.run(restartRunningChild(s.system, sup, 'b'));
    expect(done).toEqual({ ok: s.pid('b') });
    const after = pids(s);
    for (const id of ['a', 'b', 'c'] as const)
      expect([id, after[id] !== before[id]]).toEqual([id, id === 'b' || siblings.some((each) => each === id)]);
    const again = (['a', 'b', 'c'] as const).filter((id) => after[id] !== before[id]);
    expect(s.takeLog()).toEqual([
      ...again.toReversed().map((id) => `stop ${id} shutdown`),
      ...again.map((id) => `start ${id}`),
    ]);
    // By hand: it costs nothing, and is no restart of theirs.
    expect([restartBudgets(s.system), (await s.which(sup)).length]).toEqual([[], 3]);
    expect(s.system.sys.getState(sup)).toMatchObject({ children: [{ restarts: 0 }, { restarts: 0 }, { restarts: 0 }] });
  });

  it('siblings that do not run do not rest on it', async () => {
    const { s, sup } = await three('rest_for_one');
    await s.run(terminateChild(s.system, sup, 'b'));
    expect(dependentsOf(s.system, sup, 'a')).toEqual(['c']);
    expect(dependentsOf(s.system, sup, 'nobody')).toEqual([]);
    expect(dependentsOf(s.system, s.pid('a'), 'b')).toBeUndefined();
  });

  it('a child that does not start is tried again, which does count', async () => {
    const { s, sup } = await three('one_for_one');
    s.plans.set('b', ['refuse', 'ok']);
    expect(await s.run(restartRunningChild(s.system, sup, 'b'))).toHaveProperty('error');
    await s.idle();
    expect([s.alive('b'), restartBudgets(s.system).map(({ used }) => used)]).toEqual([true, [1]]);
  });

  it('starts one that was stopped; knows no unknown one; leaves temporary dynamic ones', async () => {
    const { s, sup } = await three('one_for_one');
    await s.run(terminateChild(s.system, sup, 'b'));
    expect(await s.run(restartRunningChild(s.system, sup, 'b'))).toEqual({ ok: s.pid('b') });
    expect(await s.run(restartRunningChild(s.system, sup, 'x'))).toEqual({ error: 'not_found' });
    const start = (context: StartContext, id: string) => s.startWorker(context, id);
    for (const restart of ['temporary', 'permanent'] as const) {
      const simple = await s.supervisor({ strategy: 'simple_one_for_one' }, [{ id: 'child', restart, start: start }]);
      const child = (await s.run(startDynamicChild(s.system, simple, [restart]))) as { readonly ok: Pid };
      const done = await s.run(restartRunningChild(s.system, simple, child.ok));
      expect(done).toEqual(restart === 'temporary' ? { error: 'temporary' } : { ok: s.pid('permanent') });
      expect([restart, s.system.isAlive(child.ok)]).toEqual([restart, restart === 'temporary']);
      expect(dependentsOf(s.system, simple, 'child')).toEqual([]);
    }
  });
});
