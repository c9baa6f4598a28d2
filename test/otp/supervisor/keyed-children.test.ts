import { describe, expect, it } from 'vitest';
import { countChildren, keyedChildren, startGenServer, startSupervisor } from '../../../src/otp/index.js';
import type { ChildSpec, KeyedChildrenOptions, Pid, Self, GenServer } from '../../../src/otp/index.js';
import { started } from '../../support/supervision.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';

type HostCast = { readonly note: string } | { readonly crash: string } | { readonly stop: true };

async function bench(options: Partial<KeyedChildrenOptions> = {}, over: Partial<ChildSpec<readonly [string]>> = {}) {
  const v = virtualSystem();
  const log: string[] = [];
  /** What the next starts of a key do; `ok` when there is nothing left. */
  const plan = new Map<string, ('refuse' | 'ignore' | 'slow')[]>();
  const host = (key: string): GenServer<'key', string, HostCast> => ({
    handleCall: () => key,
    handleCast: (self: Self, message) => {
      if ('stop' in message) self.stop('normal');
      if ('crash' in message) throw new Error(message.crash);
      log.push(`${key} ${message.note}`);
    },
  });
  const spec: ChildSpec<readonly [string]> = {
    id: 'host',
    restart: 'temporary',
    ...over,
    start: async ({ system, parent }, key) => {
      const next = plan.get(key)?.shift();
      log.push(`start ${key}`);
      if (next === 'refuse') return { error: 'refused' };
      if (next === 'ignore') return 'ignore';
      if (next === 'slow') await new Promise<void>((resolve) => void v.clock.setTimer(500, resolve));
      return startGenServer(system, host(key), { parent, label: `host:${key}` });
    },
  };
  const startSup = async (): Promise<Pid> =>
    started(
      await v.run(
        startSupervisor(
          v.system,
          () => ({ flags: { strategy: 'simple_one_for_one', intensity: 0 }, children: [spec] }),
          {
            name: 'hosts_sup',
          },
        ),
      ),
    );
  const sup = await startSup();
  const hosts = keyedChildren<HostCast, 'key', string>(v.system, {
    supervisor: 'hosts_sup',
    backoff: { baseMs: 100, maxMs: 1000 },
    random: () => 0,
    ...options,
  });
  return { v, log, plan, sup, hosts, startSup };
}

describe('keyed children', () => {
  it('the first message starts the child and reaches it; two at once make one child', async () => {
    const { v, log, hosts, sup } = await bench();
    expect(hosts.send('a', { note: '1' })).toBe(true);
    expect(hosts.send('a', { note: '2' })).toBe(true);
    expect(hosts.counts()).toMatchObject({ starting: 1, queued: 2 });
    expect(await v.run(hosts.call('a', 'key'))).toBe('a');
    await v.idle();
    expect(log).toEqual(['start a', 'a 1', 'a 2']);
    expect(await v.run(countChildren(v.system, sup))).toMatchObject({ active: 1 });
    expect(hosts.counts()).toEqual({ running: 1, starting: 0, backingOff: 0, queued: 0, dropped: 0 });
    expect([...hosts.keys()]).toEqual(['a']);
    expect(hosts.whereis('a')?.label).toBe('host:a');
    expect(hosts.whereis('b')).toBeUndefined();
  });

  it('after a crash the next message waits out the back-off, and then starts it', async () => {
    const { v, log, hosts, sup } = await bench();
    hosts.send('a', { crash: 'boom' });
    hosts.send('b', { note: 'hi' });
    await v.idle();
    expect(hosts.counts()).toMatchObject({ running: 1, backingOff: 1 });
    expect(hosts.backingOff()).toMatchObject([
      { key: 'a', failures: 1, lastError: { error: { message: 'boom' } }, retryAt: v.clock.now() + 100, queued: 0 },
    ]);
    expect(v.clock.pending).toBe(0);
    hosts.send('a', { note: 'again' });
    await v.advance(99);
    expect(log).toEqual(['start a', 'start b', 'b hi']);
    await v.advance(1);
    expect(log.slice(3)).toEqual(['start a', 'a again']);
    expect(v.system.isAlive(sup)).toBe(true);
  });

  it('a message after the back-off starts it at once, without any timer', async () => {
    const { v, log, hosts } = await bench();
    hosts.send('a', { crash: 'boom' });
    await v.advance(150);
    expect(hosts.counts()).toMatchObject({ backingOff: 0 });
    hosts.send('a', { note: 'later' });
    await v.idle();
    expect(log.at(-1)).toBe('a later');
    expect(v.clock.pending).toBe(0);
  });

  it('waits double with each crash up to the maximum, and start over after a steady life', async () => {
    const { v, hosts } = await bench({ resetAfterMs: 10_000 });
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      hosts.send('a', { crash: `${i}` });
      await v.idle();
      const retryAt = hosts.backingOff()[0]?.retryAt as number;
      waits.push(retryAt - v.clock.now());
      await v.advance(retryAt - v.clock.now());
    }
    expect(waits).toEqual([100, 200, 400, 800, 1000, 1000]);
    hosts.send('a', { note: 'fine' });
    await v.advance(10_000);
    hosts.send('a', { crash: 'once more' });
    await v.idle();
    expect(hosts.backingOff()).toMatchObject([{ failures: 1 }]);
  });

  it('hundreds of crashes never spend the supervisor’s budget', async () => {
    const { v, hosts, sup } = await bench();
    hosts.send('steady', { note: 'hi' });
    await v.idle();
    const steady = hosts.whereis('steady');
    for (let i = 0; i < 300; i++) {
      hosts.send(`k${i % 7}`, { crash: 'boom' });
      await v.advance(50);
    }
    expect(v.system.isAlive(sup)).toBe(true);
    expect(hosts.whereis('steady')).toBe(steady);
  });

  it('while a child can’t run its queue is bounded, the newest win, and the pushed out are counted', async () => {
    const { v, log, hosts } = await bench({ queueLimit: 3 });
    hosts.send('a', { crash: 'boom' });
    await v.idle();
    const pushedOut = hosts.call('a', 'key');
    for (let i = 0; i < 5; i++) expect(hosts.send('a', { note: `${i}` })).toBe(true);
    await expect(pushedOut).rejects.toMatchObject({ reason: 'overloaded' });
    expect(hosts.counts()).toMatchObject({ queued: 3, dropped: 3 });
    await v.advance(100);
    expect(log.filter((line) => line.startsWith('a '))).toEqual(['a 2', 'a 3', 'a 4']);
    expect(hosts.counts()).toMatchObject({ running: 1, queued: 0, dropped: 3 });
  });

  it('a start that refuses is a failure like a crash; what waits is kept for the next try', async () => {
    const { v, log, plan, hosts } = await bench();
    plan.set('a', ['refuse', 'refuse']);
    hosts.send('a', { note: 'kept' });
    await v.idle();
    expect(hosts.backingOff()).toMatchObject([{ key: 'a', failures: 1, lastError: { term: 'refused' }, queued: 1 }]);
    await v.advance(100);
    await v.advance(200);
    expect(log).toEqual(['start a', 'start a', 'start a', 'a kept']);
    expect(v.clock.pending).toBe(0);
  });

  it('a start that says ignore drops what waits, counted, and leaves no trace', async () => {
    const { v, plan, hosts } = await bench();
    plan.set('a', ['ignore']);
    hosts.send('a', { note: 'x' });
    await expect(v.run(hosts.call('a', 'key'))).rejects.toMatchObject({ reason: 'noproc' });
    expect(hosts.counts()).toEqual({ running: 0, starting: 0, backingOff: 0, queued: 0, dropped: 2 });
  });

  it('a call’s time-out covers the start and the back-off', async () => {
    const { v, plan, hosts } = await bench();
    plan.set('a', ['slow']);
    await expect(v.run(hosts.call('a', 'key', 200))).rejects.toMatchObject({ reason: 'timeout' });
    expect(v.clock.monotonic()).toBe(200);
    expect(await v.run(hosts.call('a', 'key', 1000))).toBe('a');
    expect(v.clock.monotonic()).toBe(500);
    expect(v.clock.pending).toBe(0);
  });

  it('an orderly end is no failure: the next message starts it at once', async () => {
    const { v, log, hosts } = await bench();
    hosts.send('a', { stop: true });
    await v.idle();
    expect(hosts.counts()).toMatchObject({ running: 0, backingOff: 0 });
    hosts.send('a', { note: 'new' });
    await v.idle();
    expect(log).toEqual(['start a', 'start a', 'a new']);
  });

  it('stop ends a running child, forgets one in back-off, and gives up one that is starting', async () => {
    const { v, plan, hosts, sup } = await bench();
    hosts.send('a', { note: 'x' });
    hosts.send('b', { crash: 'x' });
    plan.set('c', ['slow']);
    await v.idle();
    hosts.send('b', { note: 'x' });
    hosts.send('c', { note: 'x' });
    await v.run(Promise.all([hosts.stop('a'), hosts.stop('b'), hosts.stop('c'), hosts.stop('d')]));
    await v.advance(1000);
    expect(hosts.counts()).toMatchObject({ running: 0, starting: 0, backingOff: 0, queued: 0, dropped: 2 });
    expect(await v.run(countChildren(v.system, sup))).toMatchObject({ active: 0 });
    expect(v.clock.pending).toBe(0);
  });

  it('when the supervisor ends nothing is left: no timer, no queue; a new one is found by name', async () => {
    const { v, log, hosts, sup, startSup } = await bench();
    hosts.send('a', { note: 'x' });
    hosts.send('b', { crash: 'x' });
    await v.idle();
    hosts.send('b', { note: 'waits' });
    const waiting = hosts.call('b', 'key');
    v.system.exit(sup, 'kill', sup);
    await expect(waiting).rejects.toMatchObject({ reason: 'noproc' });
    expect(v.clock.pending).toBe(0);
    expect(hosts.counts()).toEqual({ running: 0, starting: 0, backingOff: 0, queued: 0, dropped: 2 });
    expect(hosts.send('a', { note: 'nobody' })).toBe(false);
    await startSup();
    hosts.send('a', { note: 'hello' });
    await v.idle();
    expect(log.at(-1)).toBe('a hello');
  });

  it('a supervisor that dies while a child is starting leaves nothing behind', async () => {
    const { v, plan, hosts, sup } = await bench();
    plan.set('a', ['slow']);
    hosts.send('a', { note: 'x' });
    await v.idle();
    v.system.exit(sup, 'kill', sup);
    await v.advance(1000);
    expect(hosts.counts()).toMatchObject({ running: 0, starting: 0, queued: 0, dropped: 1 });
    expect(v.system.stats()).toMatchObject({ processes: 0, orphans: 0 });
    expect(v.clock.pending).toBe(0);
  });

  it('close drops what waits and starts nothing any more', async () => {
    const { v, hosts } = await bench();
    hosts.send('a', { crash: 'x' });
    await v.idle();
    hosts.send('a', { note: 'waits' });
    hosts.close();
    expect(v.clock.pending).toBe(0);
    expect(hosts.send('a', { note: 'x' })).toBe(false);
    await expect(hosts.call('b', 'key')).rejects.toMatchObject({ reason: 'noproc' });
  });

  it('refuses a supervisor that would restart the children itself', async () => {
    const { hosts } = await bench({}, { restart: 'permanent' });
    expect(() => hosts.send('a', { note: 'x' })).toThrow('simple_one_for_one of permanent');
  });
});
