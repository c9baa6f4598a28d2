import { describe, expect, it } from 'vitest';
import {
  CallFailed,
  countChildren,
  deleteChild,
  getChildspec,
  restartChild,
  startChild,
  startGenServer,
  terminateChild,
  whichChildren,
} from '../../../src/otp/index.js';
import type { ChildSpec } from '../../../src/otp/index.js';
import { boom, started, supervision } from '../../support/supervision.js';

/** A bench with a running supervisor of a, b (permanent) and t (temporary). */
async function bench() {
  const s = supervision();
  const sup = await s.supervisor({ intensity: 3 }, [
    s.worker('a'),
    s.worker('b'),
    s.worker('t', { restart: 'temporary' }),
  ]);
  const does = <T>(request: Promise<T>) => s.run(request);
  return { s, sup, k: s.system, does };
}

describe('supervisor: administration', () => {
  it('start_child with a running id says already_started, with a stopped one already_present', async () => {
    const { s, sup, k, does } = await bench();
    expect(await does(startChild(k, sup, s.worker('a')))).toEqual({ error: { already_started: s.pid('a') } });
    await does(terminateChild(k, sup, 'a'));
    expect(await does(startChild(k, sup, s.worker('a')))).toEqual({ error: 'already_present' });
  });

  it('start_child adds a new one, last in order; a bad spec is refused', async () => {
    const { s, sup, k, does } = await bench();
    expect(started(await does(startChild(k, sup, s.worker('c'))))).toBe(s.pid('c'));
    expect((await s.which(sup)).map(([id]) => id)).toEqual(['c', 't', 'b', 'a']);
    expect(await does(startChild(k, sup, { id: 'x' } as unknown as ChildSpec))).toEqual({ error: 'missing_start' });
  });

  it('start_child whose start refuses or throws is an error, and the spec is not kept', async () => {
    const { s, sup, k, does } = await bench();
    s.plans.set('c', ['refuse', 'throw', 'ok']);
    expect(await does(startChild(k, sup, s.worker('c')))).toEqual({ error: 'refused' });
    expect(await does(startChild(k, sup, s.worker('c')))).toMatchObject({
      error: { error: { message: 'start of c threw' } },
    });
    expect(await does(getChildspec(k, sup, 'c'))).toEqual({ error: 'not_found' });
    expect(await does(startChild(k, sup, s.worker('c')))).toEqual({ ok: s.pid('c') });
  });

  it('what start adds to its result is passed through start_child and restart_child', async () => {
    const { s, sup, k, does } = await bench();
    const spec: ChildSpec = {
      id: 'port',
      start: async (context) => ({ ok: started(await s.startWorker(context, 'port')), info: { port: 7070 } }),
    };
    expect(await does(startChild(k, sup, spec))).toEqual({ ok: s.pid('port'), info: { port: 7070 } });
    await does(terminateChild(k, sup, 'port'));
    expect(await does(restartChild(k, sup, 'port'))).toEqual({ ok: s.pid('port'), info: { port: 7070 } });
  });

  it('terminate_child stops and keeps the spec; again is fine; unknown ids and pids are not found', async () => {
    const { s, sup, k, does } = await bench();
    await does(terminateChild(k, sup, 't'));
    await does(terminateChild(k, sup, 'b'));
    await does(deleteChild(k, sup, 'b'));
    expect(await does(terminateChild(k, sup, 'a'))).toEqual({ ok: true });
    expect(s.alive('a')).toBe(false);
    expect(await s.which(sup)).toEqual([['a', undefined]]);
    expect(await does(countChildren(k, sup))).toEqual({ specs: 1, active: 0, supervisors: 0, workers: 1 });
    expect(await does(terminateChild(k, sup, 'a'))).toEqual({ ok: true });
    expect(await does(terminateChild(k, sup, 'zz'))).toEqual({ error: 'not_found' });
    expect(await does(terminateChild(k, sup, s.pid('a')))).toEqual({ error: 'not_found' });
  });

  it('a running static child can’t be terminated by pid either', async () => {
    const { s, sup, k, does } = await bench();
    expect(await does(terminateChild(k, sup, s.pid('a')))).toEqual({ error: 'not_found' });
    expect(s.alive('a')).toBe(true);
  });

  it('terminate_child of a temporary child forgets it', async () => {
    const { sup, k, does } = await bench();
    expect(await does(terminateChild(k, sup, 't'))).toEqual({ ok: true });
    expect(await does(restartChild(k, sup, 't'))).toEqual({ error: 'not_found' });
  });

  it('delete_child wants a stopped child', async () => {
    const { s, sup, k, does } = await bench();
    expect(await does(deleteChild(k, sup, 'a'))).toEqual({ error: 'running' });
    expect(await does(deleteChild(k, sup, 'zz'))).toEqual({ error: 'not_found' });
    await does(terminateChild(k, sup, 'a'));
    expect(await does(deleteChild(k, sup, 'a'))).toEqual({ ok: true });
    expect(await does(deleteChild(k, sup, 'a'))).toEqual({ error: 'not_found' });
    expect(s.alive('b')).toBe(true);
  });

  it('restart_child starts a stopped child, and only that', async () => {
    const { s, sup, k, does } = await bench();
    const before = s.pid('a');
    expect(await does(restartChild(k, sup, 'a'))).toEqual({ error: 'running' });
    expect(await does(restartChild(k, sup, 'zz'))).toEqual({ error: 'not_found' });
    await does(terminateChild(k, sup, 'a'));
    s.plans.set('a', ['refuse', 'ok']);
    expect(await does(restartChild(k, sup, 'a'))).toEqual({ error: 'refused' });
    expect(await s.which(sup)).toContainEqual(['a', undefined]);
    expect(await does(restartChild(k, sup, 'a'))).toEqual({ ok: s.pid('a') });
    expect(s.pid('a')).not.toBe(before);
  });

  it('which_children is newest first, count_children matches, get_childspec gives the completed spec', async () => {
    const { s, sup, k, does } = await bench();
    const rows = await does(whichChildren(k, sup));
    expect(rows.map((row) => [row.id, row.child, row.type])).toEqual([
      ['t', s.pid('t'), 'worker'],
      ['b', s.pid('b'), 'worker'],
      ['a', s.pid('a'), 'worker'],
    ]);
    expect(await does(countChildren(k, sup))).toEqual({ specs: 3, active: 3, supervisors: 0, workers: 3 });
    expect(await does(getChildspec(k, sup, 't'))).toMatchObject({ id: 't', restart: 'temporary', shutdown: 5000 });
    expect(await does(getChildspec(k, sup, s.pid('b')))).toMatchObject({ id: 'b', restart: 'permanent' });
    expect(await does(getChildspec(k, sup, 'zz'))).toEqual({ error: 'not_found' });
  });

  it('a dead supervisor answers noproc at once; an unknown message is reported and ignored', async () => {
    const { s, sup, k, does } = await bench();
    k.send(sup, { tag: 'what' });
    await s.idle();
    expect(s.reports).toContainEqual({ kind: 'unexpected_message', pid: sup, tag: 'what' });
    expect((await s.which(sup)).length).toBe(3);
    k.exit(sup, 'kill', sup);
    const before = s.clock.monotonic();
    await expect(does(whichChildren(k, sup))).rejects.toMatchObject({ reason: 'noproc' });
    await expect(does(whichChildren(k, sup))).rejects.toBeInstanceOf(CallFailed);
    expect(s.clock.monotonic()).toBe(before);
  });

  it('a child whose name is taken by an outsider is already_started; the supervisor is unharmed', async () => {
    const { sup, k, does } = await bench();
    const outsider = started(await does(startGenServer(k, {}, { name: 'taken' })));
    const spec: ChildSpec = {
      id: 'x',
      start: ({ system, parent }) => startGenServer(system, {}, { parent, name: 'taken' }),
    };
    expect(await does(startChild(k, sup, spec))).toEqual({ error: { already_started: outsider } });
    expect(k.whereis('taken')).toBe(outsider);
    expect(await does(countChildren(k, sup))).toMatchObject({ specs: 3, active: 3 });
  });

  it('a request waits for the one before, not for a time-out', async () => {
    const s = supervision();
    s.plans.set('slow', ['slow']);
    const sup = await s.supervisor({}, [s.worker('a')]);
    const first = startChild(s.system, sup, s.worker('slow'));
    const second = countChildren(s.system, sup);
    expect(await s.run(second)).toMatchObject({ specs: 2, active: 2 });
    expect(await s.run(first)).toEqual({ ok: s.pid('slow') });
    await s.end(s.pid('slow'), boom);
    expect(s.alive('a')).toBe(true);
  });
});
