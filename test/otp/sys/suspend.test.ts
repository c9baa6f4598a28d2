import { describe, expect, it } from 'vitest';
import { CallFailed, call, cast, stopGenServer } from '../../../src/otp/index.js';
import type { Pid, Self } from '../../../src/otp/index.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';
import type { VirtualSystem } from '../../../src/otp/testing/index.js';
import { Recorder, startOne } from './recorder.js';

function note(v: VirtualSystem, pid: Pid, what: string): boolean {
  return cast(v.system, pid, { tag: 'note', what });
}

async function recorder(v: VirtualSystem) {
  const server = new Recorder(v);
  return { server, pid: await startOne(v, server) };
}

/** How a request came out: `ok`, or the reason of its `CallFailed`. */
async function outcome(v: VirtualSystem, request: Promise<void>): Promise<unknown> {
  try {
    await v.run(request);
    return 'ok';
  } catch (error) {
    return error instanceof CallFailed ? error.reason : error;
  }
}

describe('sys: suspend and resume', () => {
  it('a suspended process keeps its mail, and handles it in order when it is resumed', async () => {
    const v = virtualSystem();
    const { server, pid } = await recorder(v);
    note(v, pid, 'before');
    await v.run(v.system.sys.suspend(pid));
    // Suspending came ahead of the mail that waited.
    expect(server.seen).toEqual([]);
    for (const what of ['a', 'b']) expect(note(v, pid, what)).toBe(true);
    await v.advance(3_600_000);
    expect(server.seen).toEqual([]);
    expect(v.system.info(pid)).toMatchObject({ status: 'suspended', messageQueueLen: 3 });
    await v.run(v.system.sys.resume(pid));
    await v.idle();
    expect(server.seen).toEqual(['before', 'a', 'b']);
    expect(v.system.info(pid)).toMatchObject({ status: 'waiting', suspension: undefined });
  });

  it('a long mailbox does not hold it up', async () => {
    const v = virtualSystem();
    const { server, pid } = await recorder(v);
    for (let i = 0; i < 5000; i++) note(v, pid, `${i}`);
    v.turns.step();
    const handled = server.seen.length;
    await v.run(v.system.sys.suspend(pid));
    expect(handled).toBeGreaterThan(0);
    expect(server.seen).toHaveLength(handled);
  });

  it('waits for the handler under way, and holds what comes after it', async () => {
    const v = virtualSystem();
    const { server, pid } = await recorder(v);
    cast(v.system, pid, { tag: 'work', ms: 300 });
    note(v, pid, 'next');
    await v.idle();
    let done = false;
    const suspended = v.system.sys.suspend(pid).then(() => (done = true));
    await v.advance(299);
    expect([done, v.system.info(pid)?.status]).toEqual([false, 'running']);
    await v.run(suspended);
    expect(server.seen).toEqual(['worked']);
  });

  it('gives up after five seconds of a handler, and the process is not suspended later', async () => {
    const v = virtualSystem();
    const { server, pid } = await recorder(v);
    cast(v.system, pid, { tag: 'work', ms: 6000 });
    note(v, pid, 'next');
    await v.idle();
    const begin = v.clock.monotonic();
    expect(await outcome(v, v.system.sys.suspend(pid))).toBe('timeout');
    expect(v.clock.monotonic() - begin).toBe(5000);
    await v.advance(1000);
    expect(server.seen).toEqual(['worked', 'next']);
    expect(v.system.sys.suspended()).toEqual([]);
  });

  it('of a process that is dead, or dies first, rejects with why', async () => {
    const v = virtualSystem();
    const { pid } = await recorder(v);
    cast(v.system, pid, { tag: 'work', ms: 1000 });
    await v.idle();
    const waiting = outcome(v, v.system.sys.suspend(pid));
    v.system.exit(pid, 'kill', pid);
    expect(await waiting).toBe('killed');
    expect(await outcome(v, v.system.sys.resume(pid))).toBe('killed');
    // Of all this no timer is left but the handler's own.
    expect(v.clock.pending).toBe(1);
  });

  it('an interval leaves one tick waiting, however long it is suspended', async () => {
    const v = virtualSystem();
    const { server, pid } = await recorder(v);
    cast(v.system, pid, { tag: 'every', ms: 1000 });
    await v.idle();
    await v.run(v.system.sys.suspend(pid));
    await v.advance(10_500);
    expect(v.system.info(pid)?.messageQueueLen).toBe(1);
    await v.run(v.system.sys.resume(pid));
    await v.idle();
    expect(server.seen).toEqual(['tick']);
  });

  it('goes on by itself after resumeAfterMs, counted anew by a second suspend; both are reported', async () => {
    const v = virtualSystem();
    const { server, pid } = await recorder(v);
    await v.run(v.system.sys.suspend(pid, { resumeAfterMs: 1000 }));
    note(v, pid, 'a');
    await v.advance(900);
    await v.run(v.system.sys.suspend(pid, { resumeAfterMs: 1000 }));
    const since = v.clock.now() - 900;
    expect(v.system.sys.suspended()).toEqual([{ pid, since, resumesAt: v.clock.now() + 1000 }]);
    await v.advance(999);
    expect(server.seen).toEqual([]);
    await v.advance(1);
    expect(server.seen).toEqual(['a']);
    expect(v.system.sys.suspended()).toEqual([]);
    expect(v.reports).toEqual([
      { kind: 'suspended', pid, resumesAt: since + 1000 },
      { kind: 'resumed', pid, why: 'time' },
    ]);
    expect(await outcome(v, v.system.sys.suspend(pid, { resumeAfterMs: -1 }))).toBeInstanceOf(RangeError);
  });

  it('resume of one that is not suspended changes and reports nothing', async () => {
    const v = virtualSystem();
    const { server, pid } = await recorder(v);
    await v.run(v.system.sys.resume(pid));
    note(v, pid, 'a');
    await v.idle();
    expect([server.seen, v.reports]).toEqual([['a'], []]);
  });

  it('calls to it time out and are answered no more than once it goes on', async () => {
    const v = virtualSystem();
    const { pid } = await recorder(v);
    await v.run(v.system.sys.suspend(pid));
    await expect(v.run(call(v.system, pid, { tag: 'count' }))).rejects.toMatchObject({ reason: 'timeout' });
    const later = call(v.system, pid, { tag: 'count' });
    await v.run(v.system.sys.resume(pid));
    expect(await v.run(later)).toBe(0);
  });
});

describe('sys: the end of a suspended process', () => {
  it.each(['kill', 'shutdown', { term: 'odd' }] as const)('an exit signal %j ends it at once', async (reason) => {
    const v = virtualSystem();
    const { pid } = await recorder(v);
    await v.run(v.system.sys.suspend(pid));
    v.system.exit(pid, reason, pid);
    expect(pid.exit).toEqual(reason === 'kill' ? 'killed' : reason);
    expect(v.system.sys.suspended()).toEqual([]);
    expect(v.clock.pending).toBe(0);
  });

  it('it obeys a stop that came before or while it was suspended, through terminate, with mail before it', async () => {
    for (const first of ['stop', 'suspend']) {
      const v = virtualSystem();
      const ended: unknown[] = [];
      const server = Object.assign(new Recorder(v), { terminate: (_self: Self, why: unknown) => void ended.push(why) });
      const pid = await startOne(v, server);
      note(v, pid, 'a');
      const stop = () => stopGenServer(v.system, pid, { shutdown: 'enough' });
      const stopping = first === 'stop' ? stop() : undefined;
      const suspending = v.system.sys.suspend(pid);
      if (first === 'suspend') await v.run(suspending);
      await v.run(stopping ?? stop());
      await suspending;
      expect([ended, server.seen]).toEqual([[{ shutdown: 'enough' }], []]);
    }
  });

  it('an order to end that is still unheeded when it is resumed is not lost', async () => {
    const v = virtualSystem();
    const { pid } = await recorder(v);
    await v.run(v.system.sys.suspend(pid));
    const resumed = v.system.sys.resume(pid);
    const stopped = stopGenServer(v.system, pid);
    await v.run(resumed);
    await v.run(stopped);
    expect(pid.exit).toBe('normal');
  });

  it('exits of others wait in the mailbox of one that traps', async () => {
    const v = virtualSystem();
    const server = new Recorder(v);
    const pid = await startOne(v, server, { trapExit: true });
    const other = await startOne(v, new Recorder(v));
    v.system.link(pid, other);
    await v.run(v.system.sys.suspend(pid));
    v.system.exit(other, 'kill', other);
    await v.idle();
    expect([server.seen, v.system.isAlive(pid)]).toEqual([[], true]);
    await v.run(v.system.sys.resume(pid));
    await v.idle();
    expect(server.seen).toEqual(['EXIT']);
  });
});
