import { describe, expect, it } from 'vitest';
import { endProcess, startGenServer, terminateChild } from '../../../src/otp/index.js';
import type { ChildSpec, ExitReason, Pid, Restart } from '../../../src/otp/index.js';
import { boom, labels, supervision } from '../../support/supervision.js';
import type { Supervision } from '../../support/supervision.js';

/** Stops a supervisor as its parent would; gives the virtual milliseconds it took. */
async function stop(s: Supervision, sup: Pid, by: Pid = sup): Promise<number> {
  const before = s.clock.monotonic();
  // A supervisor without a parent obeys nobody else: here the bench is its own parent.
  await s.run(endProcess(s.system, by, sup, 'infinity'));
  return s.clock.monotonic() - before;
}

async function bench(children: (s: Supervision) => ChildSpec[]) {
  const s = supervision();
  const parent = await s.run(
    s.system.spawn({ init: () => undefined, handle: () => undefined }, { label: 'parent', trapExit: true }),
  );
  const sup = await s.supervisor({}, children(s), parent);
  s.takeLog();
  return { s, sup, parent };
}

describe('supervisor: shutdown', () => {
  it('reverse start order, one after the other, each gone before the next is asked', async () => {
    const { s, sup, parent } = await bench((b) => [
      b.worker('a', {}, { stopMs: 10 }),
      b.worker('b', {}, { stopMs: 30 }),
      b.worker('c', {}, { stopMs: 20 }),
    ]);
    const stopping = endProcess(s.system, parent, sup, 'infinity');
    await s.advance(19);
    expect([s.alive('a'), s.alive('b'), s.alive('c')]).toEqual([true, true, true]);
    await s.advance(1);
    expect([s.alive('a'), s.alive('b'), s.alive('c')]).toEqual([true, true, false]);
    expect(s.system.info(s.pid('a'))?.messageQueueLen).toBe(0);
    await s.advance(40);
    expect(await s.run(stopping)).toBe('shutdown');
    expect(s.log).toEqual(['stop c shutdown', 'stop b shutdown', 'stop a shutdown']);
  });

  it('a child still there after its shutdown time is killed, and the stop takes exactly that long', async () => {
    const { s, sup, parent } = await bench((b) => [b.worker('a', { shutdown: 300 }, { stopMs: Infinity })]);
    const pid = s.pid('a');
    expect(await stop(s, sup, parent)).toBe(300);
    expect(pid.exit).toBe('killed');
    expect(s.reports).toContainEqual({
      kind: 'shutdown_error',
      supervisor: sup,
      child: pid,
      id: 'a',
      reason: 'killed',
      offender: { id: 'a', pid, restart: 'permanent', shutdown: 300, type: 'worker' },
    });
  });

  it('infinity waits, for workers too', async () => {
    const { s, sup, parent } = await bench((b) => [b.worker('a', { shutdown: 'infinity' }, { stopMs: 3_600_000 })]);
    const pid = s.pid('a');
    expect(await stop(s, sup, parent)).toBe(3_600_000);
    expect(pid.exit).toBe('shutdown');
  });

  it('brutal_kill does not ask', async () => {
    const { s, sup, parent } = await bench((b) => [b.worker('a', { shutdown: 'brutal_kill' }, { stopMs: 50 })]);
    const pid = s.pid('a');
    expect(await stop(s, sup, parent)).toBe(0);
    expect(pid.exit).toBe('killed');
    expect(s.log).toEqual([]);
    expect(s.reports.filter((report) => report.kind === 'shutdown_error')).toEqual([]);
  });

  it('a child that does not trap exits ends with shutdown at once', async () => {
    const { s, sup, parent } = await bench((b) => [b.worker('a', { shutdown: 5000 }, { traps: false })]);
    const pid = s.pid('a');
    expect(await stop(s, sup, parent)).toBe(0);
    expect(pid.exit).toBe('shutdown');
  });

  it('a child that unlinked itself does not hang the supervisor', async () => {
    const { s, sup, parent } = await bench((b) => [
      b.worker('a'),
      b.worker('b', { shutdown: 100 }, { unlinks: true }),
      b.worker('c', { shutdown: 100 }, { unlinks: true, traps: false }),
    ]);
    s.system.exit(s.pid('c'), 'kill', sup);
    expect(await stop(s, sup, parent)).toBe(0);
    expect(labels(s.system)).toEqual(['parent']);
  });

  const own: readonly [string, ExitReason][] = [
    ['normal', 'normal'],
    ['shutdown', 'shutdown'],
    ['{shutdown}', { shutdown: 'enough' }],
    ['error', boom],
  ];
  const combinations = (['permanent', 'transient', 'temporary'] as const).flatMap((restart) =>
    own.map(([name, reason]): [Restart, string, ExitReason] => [restart, name, reason]),
  );
  it.each(combinations)('a %s child that ends by itself (%s) meanwhile delays nothing', async (restart, _n, reason) => {
    const { s, sup, parent } = await bench((b) => [b.worker('a', { restart }), b.worker('z', {}, { stopMs: 100 })]);
    const stopping = endProcess(s.system, parent, sup, 'infinity');
    await s.advance(50);
    await s.end(s.pid('a'), reason);
    s.takeLog();
    const before = s.clock.monotonic();
    await s.run(stopping);
    expect(s.clock.monotonic() - before).toBe(50);
    expect(s.log).toEqual(['stop z shutdown']);
    expect(labels(s.system)).toEqual(['parent']);
  });

  it.each([
    ['permanent', 'normal', true],
    ['permanent', { shutdown: 'enough' }, true],
    ['permanent', { term: 'odd' }, true],
    ['permanent', 'shutdown', false],
    ['transient', 'normal', false],
    ['temporary', { shutdown: 'enough' }, false],
    ['transient', { term: 'odd' }, true],
    ['temporary', { term: 'odd' }, true],
  ] as [Restart, ExitReason, boolean][])(
    '%s, told to stop, ends with %j: reported %s',
    async (restart, lastReason, said) => {
      const { s, sup, parent } = await bench((b) => [b.worker('a', { restart }, { lastReason })]);
      const pid = s.pid('a');
      const offender = { id: 'a', pid, restart, shutdown: 5000, type: 'worker' };
      await stop(s, sup, parent);
      const reports = s.reports.filter((report) => report.kind === 'shutdown_error');
      expect(reports).toEqual(
        said ? [{ kind: 'shutdown_error', supervisor: sup, child: pid, id: 'a', reason: lastReason, offender }] : [],
      );
    },
  );

  it('exit(supervisor, shutdown) from anyone but the parent is ignored', async () => {
    const { s, sup, parent } = await bench((b) => [b.worker('a')]);
    s.system.exit(sup, 'shutdown', s.pid('a'));
    s.system.exit(sup, boom, sup);
    await s.idle();
    expect(s.system.isAlive(sup)).toBe(true);
    s.system.exit(sup, 'shutdown', parent);
    await s.idle();
    expect(s.system.isAlive(sup)).toBe(false);
  });

  it('killing the supervisor ends its linked children with killed', async () => {
    const { s, sup } = await bench((b) => [b.worker('a'), b.worker('b', {}, { traps: false })]);
    s.system.exit(sup, 'kill', sup);
    await s.idle();
    expect([s.pid('a').exit, s.pid('b').exit]).toEqual(['killed', 'killed']);
    expect(s.log).toEqual(['stop a killed']);
  });

  it('endProcess does not take its caller along, nor leave it a signal', async () => {
    const s = supervision();
    const mail: unknown[] = [];
    const spawnParent = (trapExit: boolean) =>
      s.system.spawn({ init: () => undefined, handle: (_self, message) => void mail.push(message) }, { trapExit });
    for (const traps of [true, false]) {
      const by = await s.run(spawnParent(traps));
      const child = await s.run(s.system.spawn({ init: () => undefined, handle: () => undefined }, { parent: by }));
      expect(await s.run(endProcess(s.system, by, child, 'brutal_kill'))).toBe('killed');
      await s.idle();
      expect([s.system.isAlive(by), mail]).toEqual([true, []]);
    }
  });

  it('terminate_child of a stubborn child takes its shutdown time, and others are served after it', async () => {
    const { s, sup } = await bench((b) => [b.worker('a', { shutdown: 200 }, { stopMs: Infinity }), b.worker('b')]);
    const before = s.clock.monotonic();
    expect(await s.run(terminateChild(s.system, sup, 'a'))).toEqual({ ok: true });
    expect(s.clock.monotonic() - before).toBe(200);
    expect(await s.which(sup)).toEqual([
      ['b', 'pid'],
      ['a', undefined],
    ]);
  });

  it('an asynchronous handler that is killed is fenced off and counted as an orphan until it settles', async () => {
    const s = supervision();
    const acted: string[] = [];
    const spec: ChildSpec = {
      id: 'stuck',
      shutdown: 100,
      start: ({ system, parent }) =>
        startGenServer(
          system,
          {
            handleCast: async (self, _message: 'go') => {
              self.signal.addEventListener('abort', () => acted.push('aborted'));
              await s.sleep(1000);
              acted.push('woke');
              self.send(self.pid, { tag: 'never' });
              acted.push('never');
            },
          },
          { parent, name: 'stuck', trapExit: true },
        ),
    };
    const sup = await s.supervisor({}, [spec]);
    s.system.send('stuck', { tag: 'nothing' });
    const { cast } = await import('../../../src/otp/index.js');
    cast(s.system, 'stuck', 'go');
    await s.idle();
    await s.run(terminateChild(s.system, sup, 'stuck'));
    expect(s.system.orphans).toBe(1);
    expect(acted).toEqual(['aborted']);
    await s.advance(2000);
    expect(s.system.orphans).toBe(0);
    expect(acted).toEqual(['aborted', 'woke']);
    expect(s.reports.filter((report) => report.kind === 'late_fault')).toEqual([]);
  });
});
