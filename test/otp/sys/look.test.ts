import { describe, expect, it } from 'vitest';
import { SysRefused, cast, createActorSystem, startGenServer } from '../../../src/otp/index.js';
import type { DetailObject, SysEvent } from '../../../src/otp/index.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';
import { Recorder, startOne } from './recorder.js';

describe('sys: state', () => {
  it('is what formatStatus shows, else what describe gives, else nothing', async () => {
    const v = virtualSystem();
    const redacting = Object.assign(new Recorder(v), { formatStatus: () => ({ secret: 'hidden' }) });
    const pids = [await startOne(v, redacting), await startOne(v, new Recorder(v)), await startOne(v, {})];
    expect(pids.map((pid) => v.system.sys.getState(pid))).toEqual([{ secret: 'hidden' }, { seen: 0 }, {}]);
    v.system.exit(pids[0]!, 'kill', pids[0]!);
    expect(v.system.sys.getState(pids[0]!)).toBeUndefined();
    expect(v.system.sys.getStatus(pids[0]!)).toBeUndefined();
  });

  it('is answered at once, also while suspended and while a handler is under way', async () => {
    const v = virtualSystem();
    const busy = await startOne(v, new Recorder(v));
    cast(v.system, busy, { tag: 'work', ms: 1000 });
    const held = await startOne(v, new Recorder(v));
    await v.run(v.system.sys.suspend(held));
    expect([busy, held].map((pid) => v.system.sys.getState(pid))).toEqual([{ seen: 0 }, { seen: 0 }]);
    expect([busy, held].map((pid) => v.system.sys.getStatus(pid)?.status)).toEqual(['running', 'suspended']);
  });

  it('says so where formatStatus throws, and is cut where it is too large', async () => {
    const v = virtualSystem();
    const states: readonly (() => DetailObject)[] = [
      () => {
        throw new Error('no state');
      },
      () => ({ list: Array.from({ length: 500 }, (_none, at) => at), text: 'x'.repeat(5000) }),
      () => ({ a: { b: { c: { d: { e: { f: { g: 1 } } } } } } }),
      () => Object.fromEntries(Array.from({ length: 90 }, (_none, at) => [`k${at}`, Array<number>(90).fill(at)])),
    ];
    const seen: (DetailObject | undefined)[] = [];
    for (const formatStatus of states) seen.push(v.system.sys.getState(await startOne(v, { formatStatus })));
    expect(seen[0]).toEqual({ error: 'Error: no state' });
    const list = seen[1]?.['list'] as readonly unknown[];
    expect([list.length, list[100]]).toEqual([101, '… (500 in all)']);
    expect(seen[1]?.['text']).toBe(`${'x'.repeat(1000)}… (5000 characters)`);
    expect(JSON.stringify(seen[2])).toBe('{"a":{"b":{"c":{"d":{"e":{"f":"… (too deep to show)"}}}}}}');
    expect(JSON.stringify(seen[3])).toContain('… (too much to show)');
  });

  it('is replaced only where the system and the actor allow it, between two messages', async () => {
    const v = virtualSystem();
    const states: unknown[] = [];
    const server = { replaceState: (state: unknown) => void states.push(state) };
    await expect(v.system.sys.replaceState(await startOne(v, server), 1)).rejects.toThrow(SysRefused);

    const system = createActorSystem({ clock: v.clock, turns: v.turns, allowReplaceState: true });
    const start = async (of: object) => {
      const started = await v.run(startGenServer(system, of));
      return (started as { ok: Parameters<typeof system.sys.replaceState>[0] }).ok;
    };
    await v.run(system.sys.replaceState(await start(server), { count: 3 }));
    expect(states).toEqual([{ count: 3 }]);
    await expect(system.sys.replaceState(await start({}), 1)).rejects.toThrow('it has no replaceState');
    const picky = await start({
      replaceState: () => {
        throw new TypeError('count must be a number');
      },
    });
    await expect(v.run(system.sys.replaceState(picky, {}))).rejects.toThrow('count must be a number');
    expect(system.isAlive(picky)).toBe(true);
  });
});

describe('sys: status', () => {
  it('has place, mail by kind, links, and what it did last', async () => {
    const v = virtualSystem();
    const pid = await startOne(v, new Recorder(v), { name: 'recorder' });
    cast(v.system, pid, { tag: 'note', what: 'a' });
    await v.advance(5000);
    await v.run(v.system.sys.suspend(pid));
    for (const what of ['b', 'c']) cast(v.system, pid, { tag: 'note', what });
    cast(v.system, pid, 'bare');
    v.system.send(pid, { tag: 'plain' });
    expect(v.system.sys.getStatus(pid)).toEqual({
      pid,
      names: ['recorder'],
      status: 'suspended',
      suspension: { pid, since: v.clock.now(), resumesAt: undefined },
      path: 'recorder',
      ancestors: [],
      links: [],
      mailbox: { length: 4, counted: 4, kinds: { note: 2, $cast: 1, plain: 1 } },
      handled: 1,
      dropped: 0,
      startedAt: v.clock.now() - 5000,
      uptimeMs: 5000,
      busyMs: 0,
      lastMessage: 'note',
      state: { seen: 1 },
      statistics: undefined,
      events: undefined,
    });
  });

  it('names the message whose handler is under way', async () => {
    const v = virtualSystem();
    const pid = await startOne(v, new Recorder(v));
    cast(v.system, pid, { tag: 'work', ms: 1000 });
    await v.advance(400);
    expect(v.system.sys.getStatus(pid)).toMatchObject({ lastMessage: 'work', busyMs: 400, status: 'running' });
  });
});

describe('sys: statistics', () => {
  it('count messages and busy time by kind from when they are switched on', async () => {
    const v = virtualSystem();
    const pid = await startOne(v, new Recorder(v));
    cast(v.system, pid, { tag: 'note', what: 'before' });
    await v.idle();
    expect(v.system.sys.statistics(pid)).toBeUndefined();
    expect(v.system.sys.setStatistics(pid, true)).toBe(true);
    const since = v.clock.now();
    for (const ms of [100, 300]) cast(v.system, pid, { tag: 'work', ms });
    cast(v.system, pid, { tag: 'note', what: 'after' });
    await v.advance(1000);
    expect(v.system.sys.statistics(pid)).toEqual({
      since,
      messages: 3,
      busyMs: 400,
      longestMs: 300,
      kinds: {
        work: { messages: 2, busyMs: 400, longestMs: 300 },
        note: { messages: 1, busyMs: 0, longestMs: 0 },
      },
    });
    v.system.sys.setStatistics(pid, false);
    expect(v.system.sys.statistics(pid)).toBeUndefined();
  });

  it('count kinds after the 200th together', async () => {
    const v = virtualSystem();
    const pid = await startOne(v, new Recorder(v));
    v.system.sys.setStatistics(pid, true);
    for (let at = 0; at < 250; at++) v.system.send(pid, { tag: `kind ${at}` });
    await v.idle();
    const { kinds = {}, messages } = v.system.sys.statistics(pid) ?? {};
    expect([messages, Object.keys(kinds).length, kinds['$others']?.messages]).toEqual([250, 201, 50]);
  });

  it('of a dead process are not switched on', async () => {
    const v = virtualSystem();
    const pid = await startOne(v, new Recorder(v));
    v.system.exit(pid, 'kill', pid);
    expect([v.system.sys.setStatistics(pid, true), v.system.sys.setEvents(pid, true)]).toEqual([false, false]);
    expect(v.system.sys.trace(pid, () => undefined)).toBeUndefined();
  });
});

describe('sys: events', () => {
  it('are the last ten, with their times and no bodies', async () => {
    const v = virtualSystem();
    const pid = await startOne(v, new Recorder(v));
    v.system.sys.setEvents(pid, true);
    for (let at = 0; at < 12; at++) cast(v.system, pid, { tag: 'note', what: 'body' });
    await v.idle();
    cast(v.system, pid, { tag: 'work', ms: 20 });
    await v.advance(20);
    await v.run(v.system.sys.suspend(pid));
    const events = v.system.sys.events(pid) ?? [];
    const at = v.clock.now();
    expect(events).toHaveLength(10);
    expect(events.slice(-3)).toEqual([
      { at: at - 20, what: 'done', message: 'note', ms: 0 },
      { at, what: 'done', message: 'work', ms: 20 },
      { at, what: 'suspended' },
    ]);
    expect(JSON.stringify(events)).not.toContain('body');
    v.system.sys.setEvents(pid, false);
    expect(v.system.sys.events(pid)).toBeUndefined();
  });

  it('are kept of every process from its start where the system is made so', async () => {
    const v = virtualSystem();
    const system = createActorSystem({ clock: v.clock, turns: v.turns, events: true });
    const started = await v.run(startGenServer(system, new Recorder(v)));
    const { ok: pid } = started as { ok: Parameters<typeof system.sys.events>[0] };
    cast(system, pid, { tag: 'note', what: 'a' });
    await v.idle();
    expect(system.sys.events(pid)).toMatchObject([{ what: 'done', message: 'note' }]);
  });
});

describe('sys: trace', () => {
  const trace = async (limit?: number) => {
    const v = virtualSystem();
    const pid = await startOne(v, new Recorder(v));
    const told: [readonly SysEvent[], number][] = [];
    const listener = (events: readonly SysEvent[], lost: number): void => void told.push([events, lost]);
    const made = v.system.sys.trace(pid, listener, limit === undefined ? {} : { limit });
    const words = () =>
      told.flatMap(([events]) => events.map(({ what, message }) => `${what} ${message ?? ''}`.trim()));
    return { v, pid, told, made: made!, words };
  };

  it('tells a listener all that the process handles, to its end', async () => {
    const { v, pid, told, words } = await trace();
    cast(v.system, pid, { tag: 'note', what: 'a' });
    await v.idle();
    await v.run(v.system.sys.suspend(pid));
    await v.run(v.system.sys.resume(pid));
    cast(v.system, pid, { tag: 'fail', error: new Error('odd') });
    await v.idle();
    expect(words()).toEqual(['began note', 'done note', 'suspended', 'resumed', 'began fail', 'failed fail', 'ended']);
    expect(told.at(-1)?.[0].at(-1)).toMatchObject({ reason: 'Error: odd' });
  });

  it('drops and counts what waits over the limit, never the end', async () => {
    const { v, pid, told, made, words } = await trace(4);
    for (let at = 0; at < 10; at++) cast(v.system, pid, { tag: 'note', what: 'a' });
    cast(v.system, pid, { tag: 'fail', error: new Error('odd') });
    await v.idle();
    expect(words()).toEqual(['began note', 'done note', 'began note', 'ended']);
    expect([told.map(([, lost]) => lost), made.lost]).toEqual([[19], 19]);
  });

  it('ends when it is stopped, and costs nothing any more', async () => {
    const { v, pid, made, words } = await trace();
    cast(v.system, pid, { tag: 'note', what: 'a' });
    made.stop();
    made.stop();
    await v.idle();
    expect(words()).toEqual([]);
    expect(v.system.sys.getStatus(pid)?.events).toBeUndefined();
  });

  it('tells nothing of a handler that goes on after the end', async () => {
    const v = virtualSystem();
    let finish: () => void = () => undefined;
    const pid = await startOne(v, { handleCast: () => new Promise<void>((resolve) => (finish = resolve)) });
    const words: string[] = [];
    v.system.sys.trace(pid, (events) => words.push(...events.map(({ what }) => what)));
    cast(v.system, pid, { tag: 'wait' });
    v.turns.step();
    finish();
    v.system.exit(pid, 'kill', pid);
    await Promise.resolve();
    await v.idle();
    expect(words).toEqual(['began', 'ended']);
  });

  it('ends where its listener throws; the process does not notice', async () => {
    const v = virtualSystem();
    const server = new Recorder(v);
    const pid = await startOne(v, server);
    const error = new Error('listener');
    let calls = 0;
    v.system.sys.trace(pid, () => {
      calls++;
      throw error;
    });
    for (const what of ['a', 'b']) {
      cast(v.system, pid, { tag: 'note', what });
      await v.idle();
    }
    expect([calls, server.seen]).toEqual([1, ['a', 'b']]);
    expect(v.reports).toEqual([{ kind: 'callback_fault', where: `trace of ${String(pid)}`, error }]);
  });

  it('refuses a limit that is none', async () => {
    const v = virtualSystem();
    const pid = await startOne(v, new Recorder(v));
    expect(() => v.system.sys.trace(pid, () => undefined, { limit: 0 })).toThrow(
      'limit: 0; want a whole number over 0',
    );
  });
});
