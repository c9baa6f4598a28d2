import { describe, expect, it } from 'vitest';
import { cast, createActorSystem, startGenServer } from '../../../src/otp/index.js';
import type { Pid, Report } from '../../../src/otp/index.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';
import { Recorder } from './recorder.js';

/** A suspended server in a system whose mailboxes are long from 100 messages on, down to 10. */
async function bench(maxQueue?: number) {
  const v = virtualSystem();
  const reports: Report[] = [];
  const system = createActorSystem({
    clock: v.clock,
    turns: v.turns,
    report: (report) => reports.push(report),
    longMailbox: { high: 100, low: 10 },
  });
  const started = await v.run(startGenServer(system, new Recorder(v), maxQueue === undefined ? {} : { maxQueue }));
  const { ok: pid } = started as { ok: Pid };
  await v.run(system.sys.suspend(pid));
  const fill = (count: number): void => {
    for (let at = 0; at < count; at++) cast(system, pid, { tag: 'note', what: 'x' });
  };
  const told = () => reports.filter(({ kind }) => kind.startsWith('mailbox') || kind === 'overflow');
  return { v, system, pid, fill, told };
}

describe('long mailboxes', () => {
  it('are told of once at the high mark, and once again at the low one', async () => {
    const { v, system, pid, fill, told } = await bench();
    fill(100);
    expect([told(), system.sys.longMailboxes()]).toEqual([[], []]);
    fill(1);
    const since = v.clock.now();
    await v.advance(1000);
    fill(200);
    expect(told()).toEqual([{ kind: 'mailbox_long', pid, length: 100 }]);
    expect(system.sys.longMailboxes()).toEqual([{ pid, length: 301, since }]);
    const resumed = system.sys.resume(pid);
    // A turn is 64 messages.
    for (let turn = 0; turn < 4; turn++) v.turns.step();
    await resumed;
    expect(system.info(pid)?.messageQueueLen).toBe(301 - 4 * 64);
    expect([told().length, system.sys.longMailboxes().length]).toEqual([1, 1]);
    await v.idle();
    expect(told().slice(1)).toEqual([{ kind: 'mailbox_short', pid, length: 0 }]);
    expect(system.sys.longMailboxes()).toEqual([]);
    await v.run(system.sys.suspend(pid));
    fill(101);
    expect(told().slice(2)).toEqual([{ kind: 'mailbox_long', pid, length: 100 }]);
  });

  it('are long no more when their process ends', async () => {
    const { system, pid, fill, told } = await bench();
    fill(150);
    system.exit(pid, 'kill', pid);
    expect(told().slice(1)).toEqual([{ kind: 'mailbox_short', pid, length: 0 }]);
    expect(system.sys.longMailboxes()).toEqual([]);
  });

  it('count messages that always get in, too', async () => {
    const { system, pid, told } = await bench();
    for (let at = 0; at < 120; at++) system.sendControl(pid, { tag: 'control' });
    expect(told()).toEqual([{ kind: 'mailbox_long', pid, length: 100 }]);
  });

  it('that are full below the mark are in the list, and told of as full', async () => {
    const { v, system, pid, fill, told } = await bench(20);
    fill(25);
    expect(told()).toEqual([{ kind: 'overflow', pid, maxQueue: 20, dropped: 1 }]);
    expect(system.sys.longMailboxes()).toMatchObject([{ pid, length: 20 }]);
    await v.run(system.sys.resume(pid));
    await v.idle();
    expect([told().length, system.sys.longMailboxes()]).toEqual([1, []]);
  });

  it('want a high mark over the low one', () => {
    expect(() => createActorSystem({ longMailbox: { high: 10, low: 10 } })).toThrow('high 10 must be over low 10');
  });
});
