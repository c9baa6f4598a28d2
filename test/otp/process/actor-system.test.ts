import { describe, expect, it } from 'vitest';
import { StartFailed, createActorSystem } from '../../../src/otp/index.js';
import { manualTurns, virtualClock } from '../../../src/otp/testing/index.js';
import type { Behaviour, DownMsg, ExitMsg, ExitReason, Message, Pid, Report, Self } from '../../../src/otp/index.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';
import type { VirtualSystem } from '../../../src/otp/testing/index.js';

const idle: Behaviour = { init: () => undefined, handle: () => undefined };

/** A process that keeps its mail. */
async function keeper(v: VirtualSystem, options: { trapExit?: boolean; label?: string; maxQueue?: number } = {}) {
  const mail: Message[] = [];
  let self: Self | undefined;
  const pid = await v.run(
    v.system.spawn({ init: (me) => void (self = me), handle: (_self, message) => void mail.push(message) }, options),
  );
  return { pid, mail, self: self as Self };
}

const boom: ExitReason = { error: new Error('boom') };

describe('actor system: turns', () => {
  it('runs one message at a time, in order, also when handlers are asynchronous', async () => {
    const v = virtualSystem();
    const log: string[] = [];
    const pid = await v.run(
      v.system.spawn({
        init: () => undefined,
        handle: async (_self, { tag }) => {
          log.push(`begin ${tag}`);
          await new Promise<void>((resolve) => void v.clock.setTimer(10, resolve));
          log.push(`end ${tag}`);
        },
      }),
    );
    for (const tag of ['a', 'b', 'c']) v.system.send(pid, { tag });
    await v.advance(100);
    expect(log).toEqual(['begin a', 'end a', 'begin b', 'end b', 'begin c', 'end c']);
  });

  it('finishes an asynchronous init before the first message', async () => {
    const v = virtualSystem();
    const log: string[] = [];
    let pid: Pid | undefined;
    const spawned = v.system.spawn({
      init: async (self) => {
        pid = self.pid;
        log.push('init');
        await new Promise<void>((resolve) => void v.clock.setTimer(10, resolve));
        log.push('ready');
      },
      handle: (_self, { tag }) => void log.push(tag),
    });
    await v.idle();
    v.system.send(pid as Pid, { tag: 'early' });
    expect(await v.run(spawned)).toBe(pid);
    await v.idle();
    expect(log).toEqual(['init', 'ready', 'early']);
  });

  it('tells the starter of a failed init; the process is gone by then, and the parent gets no signal', async () => {
    const v = virtualSystem();
    const parent = await keeper(v, { trapExit: true });
    const error = new Error('no');
    const failing = (): never => {
      throw error;
    };
    const spawned = parent.self.spawn({ init: failing, handle: failing }, { label: 'bad' });
    await expect(v.run(spawned)).rejects.toMatchObject({ name: 'StartFailed', reason: { error }, ignored: false });
    await v.idle();
    expect(parent.mail).toEqual([]);
    expect(v.system.stats().processes).toBe(1);
  });

  it('kills a process whose init takes too long', async () => {
    const v = virtualSystem();
    const never = v.system.spawn(
      { init: () => new Promise(() => undefined), handle: () => undefined },
      { label: 'slow', initTimeoutMs: 70 },
    );
    await expect(v.run(never)).rejects.toThrow('init of "slow" took longer than 70 ms');
    expect(v.clock.monotonic()).toBe(70);
    expect(v.system.stats()).toMatchObject({ processes: 0, orphans: 1 });
  });

  it('refuses to spawn under a dead parent', async () => {
    const v = virtualSystem();
    const parent = await keeper(v);
    v.system.exit(parent.pid, 'kill', parent.pid);
    await expect(v.system.spawn(idle, { parent: parent.pid })).rejects.toBeInstanceOf(StartFailed);
  });

  it('gives a busy process 64 messages a turn, so that others get theirs in between', async () => {
    const v = virtualSystem();
    const order: string[] = [];
    const noter = (name: string): Behaviour => ({ init: () => undefined, handle: () => void order.push(name) });
    const flooded = await v.run(v.system.spawn(noter('flooded')));
    const other = await v.run(v.system.spawn(noter('other')));
    for (let i = 0; i < 1000; i++) v.system.send(flooded, { tag: 'x' });
    v.system.send(other, { tag: 'x' });
    v.turns.step();
    v.turns.step();
    expect(order.length).toBe(65);
    expect(order[64]).toBe('other');
    await v.idle();
    expect(order.length).toBe(1001);
  });

  it('once a pass has seen 65,536 messages, everybody else gets one until the next pass', async () => {
    const v = virtualSystem();
    const order: string[] = [];
    const noter = (name: string): Behaviour => ({ init: () => undefined, handle: () => void order.push(name) });
    const [a, b] = await v.run(Promise.all([v.system.spawn(noter('a')), v.system.spawn(noter('b'))]));
    for (let i = 0; i < 40_000; i++) {
      v.system.send(a, { tag: 'x' });
      v.system.send(b, { tag: 'x' });
    }
    while (v.turns.step());
    expect(order.length).toBe(80_000);
    // b's turn uses the budget up, so a gets a single message; then the pass is over and b has its 64 again.
    expect(order.slice(65_536, 65_538)).toEqual(['a', 'b']);
    expect(order.slice(65_537, 65_537 + 64)).toEqual(Array(64).fill('b'));
  });
});

describe('actor system: death', () => {
  it('is one step: name, timers, links and mailbox are gone before anybody is told', async () => {
    const v = virtualSystem();
    const letters: string[] = [];
    const system = createActorSystem({
      clock: v.clock,
      turns: v.turns,
      deadLetter: (_to, message) => letters.push(message.tag),
    });
    let self: Self | undefined;
    const spawned = system.spawn({ init: (me) => void (self = me), handle: () => undefined }, { name: 'x' });
    const pid = await v.run(spawned);
    self?.sendAfter(1000, { tag: 'timer' });
    system.send(pid, { tag: 'one' });
    system.send('x', { tag: 'two' });
    const seen: unknown[] = [];
    system.monitor(() => seen.push(system.whereis('x'), system.isAlive(pid), system.info(pid), v.clock.pending), pid);
    system.exit(pid, 'kill', pid);
    expect(seen).toEqual([undefined, false, undefined, 0]);
    expect(letters).toEqual(['one', 'two']);
    expect(system.send('x', { tag: 'three' })).toBe(false);
    expect(system.send(pid, { tag: 'four' })).toBe(false);
    expect(system.stats().deadLetters).toBe(4);
    expect(pid.exit).toBe('killed');
    expect(await system.exited(pid)).toBe('killed');
  });

  it('ends links with abnormal reasons, spares them on normal, and sends EXIT to those that trap', async () => {
    const v = virtualSystem();
    for (const [reason, survives] of [
      ['normal', true],
      ['shutdown', false],
      [boom, false],
    ] as const) {
      const victim = await keeper(v);
      const plain = await keeper(v);
      const trapping = await keeper(v, { trapExit: true });
      plain.self.link(victim.pid);
      trapping.self.link(victim.pid);
      v.system.exit(victim.pid, reason, victim.pid);
      await v.idle();
      expect(v.system.isAlive(plain.pid)).toBe(survives);
      expect(trapping.mail).toEqual([{ tag: 'EXIT', from: victim.pid, reason }]);
    }
  });

  it('goes through a chain of 100,000 links without a deep stack', async () => {
    const v = virtualSystem();
    const pids = await v.run(Promise.all(Array.from({ length: 100_000 }, () => v.system.spawn(idle))));
    for (let i = 1; i < pids.length; i++) v.system.link(pids[i - 1] as Pid, pids[i] as Pid);
    v.system.exit(pids[0] as Pid, boom, pids[1] as Pid);
    expect(v.system.stats().processes).toBe(0);
    expect(pids.at(-1)?.exit).toBe(boom);
  });

  it('exit: kill can’t be trapped and becomes killed; normal from others is ignored; linking the dead is noproc', async () => {
    const v = virtualSystem();
    const trapping = await keeper(v, { trapExit: true });
    const plain = await keeper(v);
    v.system.exit(plain.pid, 'normal', trapping.pid);
    expect(v.system.isAlive(plain.pid)).toBe(true);
    v.system.exit(plain.pid, 'normal', plain.pid);
    expect(plain.pid.exit).toBe('normal');
    trapping.self.link(plain.pid);
    v.system.exit(trapping.pid, 'shutdown', plain.pid);
    await v.idle();
    expect((trapping.mail as ExitMsg[]).map(({ from, reason }) => [from, reason])).toEqual([
      [plain.pid, 'noproc'],
      [plain.pid, 'shutdown'],
    ]);
    trapping.self.trapExit(false);
    v.system.exit(trapping.pid, { term: 'x' }, plain.pid);
    expect(trapping.pid.exit).toEqual({ term: 'x' });
    const killed = await keeper(v, { trapExit: true });
    v.system.exit(killed.pid, 'kill', killed.pid);
    expect(killed.pid.exit).toBe('killed');
  });

  it('unlinked peers don’t follow', async () => {
    const v = virtualSystem();
    const [a, b] = [await keeper(v), await keeper(v)];
    a.self.link(b.pid);
    a.self.unlink(b.pid);
    v.system.fault(b.pid, new Error('x'));
    expect(v.system.isAlive(a.pid)).toBe(true);
  });

  it('sends exactly one DOWN, noproc for the dead, and none after demonitor, even if one waits already', async () => {
    const v = virtualSystem();
    const watcher = await keeper(v);
    const target = await keeper(v);
    const kept = watcher.self.monitor(target.pid);
    const dropped = watcher.self.monitor(target.pid);
    const late = watcher.self.monitor(target.pid);
    watcher.self.demonitor(dropped);
    v.system.exit(target.pid, 'kill', target.pid);
    watcher.self.demonitor(late);
    const afterwards = watcher.self.monitor(target.pid);
    await v.idle();
    expect((watcher.mail as DownMsg[]).map(({ tag, ref, pid, reason }) => [tag, ref, pid, reason])).toEqual([
      ['DOWN', kept, target.pid, 'killed'],
      ['DOWN', afterwards, target.pid, 'noproc'],
    ]);
    const calls: ExitReason[] = [];
    v.system.monitor((down) => calls.push(down.reason), target.pid);
    expect(calls).toEqual([]);
    await v.idle();
    expect(calls).toEqual(['noproc']);
  });

  it('an object that watches is told as a function is: once, in the very step, and not of what it watches no more', async () => {
    const v = virtualSystem();
    const [target, other] = [await keeper(v), await keeper(v)];
    const told: unknown[] = [];
    const watcher = { ended: ({ pid, reason }: DownMsg) => told.push([pid, reason, v.system.isAlive(pid)]) };
    v.system.monitor(watcher, target.pid);
    v.system.demonitor(v.system.monitor(watcher, other.pid));
    expect(v.system.info(target.pid)?.monitors).toBe(1);
    expect(v.system.info(other.pid)?.monitors).toBe(0);
    v.system.exit(other.pid, 'kill', other.pid);
    expect(told).toEqual([]);
    v.system.exit(target.pid, 'kill', target.pid);
    expect(told).toEqual([[target.pid, 'killed', false]]);
    v.system.monitor(watcher, target.pid);
    await v.idle();
    expect(told.slice(1)).toEqual([[target.pid, 'noproc', false]]);
  });

  it('a watcher that dies first watches no more', async () => {
    const v = virtualSystem();
    const [watcher, target] = [await keeper(v), await keeper(v)];
    watcher.self.monitor(target.pid);
    expect(v.system.info(target.pid)?.monitors).toBe(1);
    v.system.exit(watcher.pid, 'kill', watcher.pid);
    expect(v.system.info(target.pid)?.monitors).toBe(0);
  });

  it('a monitor callback that throws is reported and harms nobody', async () => {
    const v = virtualSystem();
    const target = await keeper(v);
    const error = new Error('callback');
    v.system.monitor(() => {
      throw error;
    }, target.pid);
    const exited = v.system.exited(target.pid);
    v.system.exit(target.pid, 'kill', target.pid);
    expect(await exited).toBe('killed');
    expect(v.reports).toContainEqual({ kind: 'callback_fault', where: `monitor of ${String(target.pid)}`, error });
  });

  it('stop, a throw and a rejection end the process after terminate, with its reason', async () => {
    const v = virtualSystem();
    const error = new Error('thrown');
    const acts: Record<string, (self: Self) => void | Promise<void>> = {
      stop: (self) => self.stop({ term: 'bye' }),
      throws: () => {
        throw error;
      },
      rejects: () => Promise.reject(error),
    };
    for (const [what, reason] of [
      ['stop', { term: 'bye' }],
      ['throws', { error }],
      ['rejects', { error }],
    ] as const) {
      const told: ExitReason[] = [];
      const pid = await v.run(
        v.system.spawn({
          init: () => undefined,
          handle: (self, { tag }) => acts[tag]?.(self),
          terminate: (_self, why) => void told.push(why),
        }),
      );
      v.system.send(pid, { tag: what });
      v.system.send(pid, { tag: 'unhandled' });
      await v.idle();
      expect([told, pid.exit]).toEqual([[reason], reason]);
      expect(v.reports).toContainEqual(expect.objectContaining({ kind: 'crash', pid, reason, queued: 1 }));
    }
  });

  it('a terminate that throws gives the process its own reason', async () => {
    const v = virtualSystem();
    const error = new Error('in terminate');
    const pid = await v.run(
      v.system.spawn({
        init: () => undefined,
        handle: (self) => self.stop('normal'),
        terminate: () => Promise.reject(error),
      }),
    );
    v.system.send(pid, { tag: 'stop' });
    await v.idle();
    expect(pid.exit).toEqual({ error });
  });

  it('fault ends a process as if it had thrown, trapping or not', async () => {
    const v = virtualSystem();
    const { pid } = await keeper(v, { trapExit: true });
    const error = new Error('outside');
    v.system.fault(pid, error);
    expect(pid.exit).toEqual({ error });
    expect(v.reports).toEqual([expect.objectContaining({ kind: 'crash', pid, reason: { error }, queued: 0 })]);
  });

  it('a late error of a handler whose process was killed is reported, once', async () => {
    const v = virtualSystem();
    const error = new Error('late');
    const pid = await v.run(
      v.system.spawn({
        init: () => undefined,
        handle: async () => {
          await new Promise<void>((resolve) => void v.clock.setTimer(10, resolve));
          throw error;
        },
      }),
    );
    v.system.send(pid, { tag: 'go' });
    await v.idle();
    v.system.exit(pid, 'kill', pid);
    expect(v.system.orphans).toBe(1);
    await v.advance(10);
    expect(v.system.orphans).toBe(0);
    expect(v.reports).toEqual([{ kind: 'late_fault', pid, error }]);
  });

  it('every method of Self refuses once the process is dead', async () => {
    const v = virtualSystem();
    const { self, pid } = await keeper(v);
    const other = await keeper(v);
    v.system.exit(pid, 'kill', pid);
    const attempts: (() => unknown)[] = [
      () => self.send(other.pid, { tag: 'x' }),
      () => self.cast(other.pid, 'x'),
      () => self.call(other.pid, 'x'),
      () => self.sendAfter(1, { tag: 'x' }),
      () => self.sendInterval(1, { tag: 'x' }),
      () => self.link(other.pid),
      () => self.unlink(other.pid),
      () => self.monitor(other.pid),
      () => self.exit(other.pid, 'kill'),
      () => self.stop('normal'),
      () => self.ignore(),
      () => self.trapExit(true),
      () => self.spawn(idle),
      () => self.register('x'),
      () => self.publish({}),
    ];
    for (const attempt of attempts) expect(attempt).toThrow('is dead');
    expect(self.signal.aborted).toBe(true);
    expect(v.system.isAlive(other.pid)).toBe(true);
  });
});

describe('actor system: mailboxes', () => {
  const flooded = async (v: VirtualSystem) => {
    const kept = await keeper(v, { maxQueue: 4, trapExit: true, label: 'small' });
    return kept;
  };

  it('a full one drops the newest, counts, says so once a burst, and throws nothing', async () => {
    const v = virtualSystem();
    const { pid, mail } = await flooded(v);
    const sent = Array.from({ length: 10 }, (_, i) => v.system.send(pid, { tag: `m${i}` }));
    expect(sent).toEqual([true, true, true, true, ...Array<boolean>(6).fill(false)]);
    await v.idle();
    expect(mail.map(({ tag }) => tag)).toEqual(['m0', 'm1', 'm2', 'm3']);
    for (let i = 0; i < 6; i++) v.system.send(pid, { tag: 'again' });
    await v.idle();
    expect(v.system.info(pid)?.dropped).toBe(8);
    expect(v.system.stats().dropped).toBe(8);
    expect(v.reports).toEqual([
      { kind: 'overflow', pid, maxQueue: 4, dropped: 1 },
      { kind: 'overflow', pid, maxQueue: 4, dropped: 7 },
    ]);
  });

  it('a full one takes exit, down, timer and control messages', async () => {
    const v = virtualSystem();
    const { pid, mail, self } = await flooded(v);
    const other = await keeper(v);
    self.monitor(other.pid);
    self.link(other.pid);
    self.sendAfter(0, { tag: 'timer' });
    for (let i = 0; i < 4; i++) v.system.send(pid, { tag: 'x' });
    v.system.exit(other.pid, 'kill', other.pid);
    v.system.sendControl(pid, { tag: 'control' });
    v.clock.fireNext();
    await v.idle();
    expect(mail.map(({ tag }) => tag)).toEqual(['x', 'x', 'x', 'x', 'EXIT', 'DOWN', 'control', 'timer']);
  });

  it('info tells the queue length, the state and how long a handler has been waiting', async () => {
    const v = virtualSystem();
    const pid = await v.run(
      v.system.spawn({
        init: () => undefined,
        handle: () => new Promise<void>((resolve) => void v.clock.setTimer(100, resolve)),
      }),
    );
    expect(v.system.info(pid)).toMatchObject({ status: 'waiting', messageQueueLen: 0, currentMs: 0, reductions: 0 });
    v.system.send(pid, { tag: 'a' });
    v.system.send(pid, { tag: 'b' });
    expect(v.system.info(pid)).toMatchObject({ status: 'runnable', messageQueueLen: 2 });
    await v.advance(40);
    expect(v.system.info(pid)).toMatchObject({ status: 'running', messageQueueLen: 1, currentMs: 40, reductions: 1 });
  });
});

describe('actor system: timers and names', () => {
  it('sendAfter delivers once, in time order', async () => {
    const v = virtualSystem();
    const { mail, self } = await keeper(v);
    self.sendAfter(20, { tag: 'later' });
    self.sendAfter(10, { tag: 'soon' });
    await v.advance(15);
    expect(mail.map(({ tag }) => tag)).toEqual(['soon']);
    await v.advance(100);
    expect(mail.map(({ tag }) => tag)).toEqual(['soon', 'later']);
  });

  it('cancel holds even when the message waits in the mailbox', async () => {
    const v = virtualSystem();
    const { mail, self } = await keeper(v);
    const armed = self.sendAfter(10, { tag: 'armed' });
    const queued = self.sendAfter(0, { tag: 'queued' });
    v.clock.fireNext();
    expect(self.cancel(queued)).toBe(true);
    expect(self.cancel(armed)).toBe(true);
    expect(self.cancel(armed)).toBe(false);
    await v.advance(100);
    expect(mail).toEqual([]);
    const handled = self.sendAfter(0, { tag: 'handled' });
    await v.advance(1);
    expect(self.cancel(handled)).toBe(false);
  });

  it('sendInterval ticks, skips while a tick waits, and stops on cancel', async () => {
    const v = virtualSystem();
    let ticks = 0;
    let self: Self | undefined;
    let hold: (() => void) | undefined;
    await v.run(
      v.system.spawn({
        init: (me) => void (self = me),
        handle: () => {
          ticks++;
          return ticks === 2 ? new Promise<void>((resolve) => (hold = resolve)) : undefined;
        },
      }),
    );
    const timer = (self as Self).sendInterval(10, { tag: 'tick' });
    await v.advance(100);
    expect(ticks).toBe(2);
    hold?.();
    await v.idle();
    expect(ticks).toBe(3);
    await v.advance(10);
    expect(ticks).toBe(4);
    (self as Self).cancel(timer);
    await v.advance(100);
    expect(ticks).toBe(4);
    expect(v.clock.pending).toBe(0);
  });

  it('timers die with their process, and refuse nonsense', async () => {
    const v = virtualSystem();
    const { self, pid } = await keeper(v);
    self.sendAfter(10, { tag: 'a' });
    self.sendInterval(10, { tag: 'b' });
    expect(() => self.sendAfter(-1, { tag: 'c' })).toThrow(RangeError);
    expect(() => self.sendAfter(NaN, { tag: 'c' })).toThrow(RangeError);
    expect(v.clock.pending).toBe(2);
    v.system.exit(pid, 'kill', pid);
    expect(v.clock.pending).toBe(0);
  });

  it('a name belongs to one live process at a time', async () => {
    const v = virtualSystem();
    const [a, b] = [await keeper(v), await keeper(v)];
    expect(v.system.register('n', a.pid)).toBe(true);
    expect(v.system.register('n', b.pid)).toBe(false);
    expect(v.system.send('n', { tag: 'x' })).toBe(true);
    v.system.exit(a.pid, 'kill', a.pid);
    expect(v.system.whereis('n')).toBeUndefined();
    expect(v.system.register('n', a.pid)).toBe(false);
    expect(v.system.register('n', b.pid)).toBe(true);
    expect(v.system.info(b.pid)?.names).toEqual(['n']);
    v.system.unregister('n');
    expect(v.system.whereis('n')).toBeUndefined();
    expect(v.system.info(b.pid)?.names).toEqual([]);
  });

  it('a sink that throws harms nobody', async () => {
    const turns = manualTurns();
    const seen: Report[] = [];
    const system = createActorSystem({
      turns,
      clock: virtualClock(),
      report: (report) => {
        seen.push(report);
        throw new Error('sink');
      },
    });
    const spawned = system.spawn(idle);
    await turns.runToIdle();
    const pid = await spawned;
    system.fault(pid, new Error('x'));
    expect(seen.length).toBe(1);
    expect(system.isAlive(pid)).toBe(false);
  });
});
