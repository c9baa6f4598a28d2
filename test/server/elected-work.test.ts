import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Broker } from '../../src/broker/broker.js';
import { createMemoryBroker, type MemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { loadConfig } from '../../src/config/load.js';
import { createLogger } from '../../src/log/create-logger.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import type { JsonObject } from '../../src/model/document.js';
import type { Store } from '../../src/store/store.js';
import { startServer, type StartedServer } from '../../src/server/start-server.js';
import { client, type Client } from '../support/api-client.js';
import { sharedStore, type SharedStore } from '../support/shared-store.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { listenToAll, QUICK, until } from '../support/whole-server.js';

const GROUP = { description: '', profile_version: 'latest' };

async function openStore(): Promise<Store> {
  const store = await createSqliteStore({ path: ':memory:' });
  onTestFinished(() => store.close());
  return store;
}

interface Started {
  readonly server: StartedServer;
  readonly api: Client;
  readonly store: SharedStore;
  readonly lines: readonly string[];
  readonly data: string;
  stop(): Promise<unknown>;
}

/** One of several servers, in this process; the lease lasts a second. */
async function start(
  store: Store,
  broker: Broker,
  name: string,
  more: {
    readonly data?: string;
    readonly set?: readonly string[];
    readonly away?: true;
    readonly observe?: true;
  } = {},
): Promise<Started> {
  const data = more.data ?? temporaryDirectory();
  const own = sharedStore(store);
  if (more.away === true) own.away(true);
  const lines: string[] = [];
  const { config } = loadConfig({
    data,
    set: [
      ...QUICK,
      'api.port=0',
      'metrics.port=0',
      'log.level=silent',
      'cluster.lease_seconds=1',
      `cluster.name=${name}`,
      ...(more.set ?? []),
    ],
  });
  const logs = createLogger(config.log);
  const line =
    (level: string) =>
    (fields: object, text: string): void =>
      void lines.push(`${level}: ${text} ${JSON.stringify(fields)}`);
  const log = Object.assign(Object.create(logs.log) as typeof logs.log, {
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
  });
  const server = await startServer({
    config,
    logs: { ...logs, log },
    broker,
    store: own,
    observe: more.observe === true,
  });
  let stopped: Promise<unknown> | undefined;
  const stop = (): Promise<unknown> => (stopped ??= server.stop());
  onTestFinished(async () => {
    await stop();
  });
  return { server, api: client(server.listening.api), store: own, lines, data, stop };
}

async function reasons({ api }: Started): Promise<{ readonly status: number; readonly text: string }> {
  const { status, json } = await api('GET', '/readyz');
  return { status, text: JSON.stringify(json['reasons']) };
}

function leads(it: Started): Promise<unknown> {
  return until(async () => {
    const { status, text } = await reasons(it);
    return status === 200 && text.includes('leading (term');
  }, 'leading');
}

function follows(it: Started): Promise<unknown> {
  return until(async () => (await reasons(it)).text.includes('standing by'), 'standing by');
}

async function makeGroup({ api }: Started, name: string): Promise<string> {
  const profile = (await api('POST', '/api/V2/profile', { name, version: '1.0' })).json['id'] as string;
  const made = await api('POST', '/api/V2/group', { ...GROUP, name, profile_id: profile, profile_name: name });
  expect(made.status, made.text).toBe(201);
  return made.json['id'] as string;
}

function published({ api }: Started, group: string): Promise<unknown> {
  return until(
    async () => (await api('GET', `/api/V2/group/${group}/ruleset`)).json['state'] === 'published',
    'published',
  );
}

describe('a server that leads', () => {
  it('and loses its lease sends nothing more, and stands by again; another takes over', async () => {
    const store = await openStore();
    const broker: MemoryBroker = createMemoryBroker();
    const one = await start(store, broker, 'one');
    await leads(one);
    const two = await start(store, broker, 'two');
    await follows(two);
    expect(broker.connectionCount).toBe(2);
    // What it has not sent yet must stay unsent: no drain.
    broker.block('an alarm');
    const group = await makeGroup(two, 'web');
    await until(() => one.server.context.outbox.depth() > 0, 'waiting');
    one.store.away(true);
    const { system } = one.server.context;
    await until(() => one.server.standing().role === 'follower', 'lost');
    expect(one.lines.filter((line) => line.startsWith('error: the lease is lost'))).toEqual([
      expect.stringContaining('"term":1'),
    ]);
    // In the very step in which it is noticed, nothing is there that could send.
    expect(() => one.server.context).toThrow('has not begun its work');
    await until(() => system.whereis('leader_sup') === undefined && system.whereis('outbox') === undefined, 'its end');
    expect(one.server.standing()).toEqual({ role: 'follower' });
    const wire = await listenToAll(broker);
    await until(() => two.server.standing().role === 'leader', 'the other leads');
    broker.unblock();
    await leads(two);
    await published(two, group);
    // The other's alone: what the first had under way would come beside it.
    expect(wire.keys()).toEqual(['sets', '*.*.web.*']);
    // Its own two, and the listener's.
    expect(broker.connectionCount).toBe(3);
    expect(two.server.standing()).toEqual({ role: 'leader', term: 2 });
    one.store.away(false);
    await follows(one);
    const ids = (node: JsonObject) => (node['children'] as readonly JsonObject[]).map(({ id }) => id);
    expect(ids((await one.api('GET', '/api/V2/actors')).json)).toEqual(['store_sup', 'http_sup', 'candidate']);
    await two.stop();
    await leads(one);
    await published(one, await makeGroup(one, 'db'));
    expect(one.server.standing()).toEqual({ role: 'leader', term: 3 });
  });

  it('alone, while its store was away for longer than its lease, leads again by itself, each time', async () => {
    const store = await openStore();
    const broker = createMemoryBroker();
    const one = await start(store, broker, 'one');
    await leads(one);
    await published(one, await makeGroup(one, 'group1'));
    for (let term = 2; term <= 5; term += 1) {
      one.store.away(true);
      await until(() => one.server.standing().role === 'follower', 'lost');
      expect((await reasons(one)).status).toBe(503);
      expect((await one.api('GET', '/livez')).status).toBe(200);
      one.store.away(false);
      await leads(one);
      expect(one.server.standing()).toEqual({ role: 'leader', term });
      const wire = await listenToAll(broker);
      await published(one, await makeGroup(one, `group${term}`));
      // What was confirmed in an earlier lead is not sent again.
      expect(wire.keys().filter((key) => key !== 'sets')).toEqual([`*.*.group${term}.*`]);
    }
    // One of each: nothing of an earlier lead is left.
    const metrics = await fetch(`${one.server.listening.metrics}/metrics`).then((answer) => answer.text());
    expect(metrics).toMatch(/^dog_trainer_leader 1$/m);
    const { children } = (await one.api('GET', '/api/V2/actors')).json as { readonly children?: readonly JsonObject[] };
    expect(children?.map(({ id }) => id)).toEqual(['store_sup', 'http_sup', 'candidate', 'leader_sup']);
    // Its two and the four listeners.
    expect(broker.connectionCount).toBe(6);
  });

  it('keeps its lease over a crash of its candidate, and its work is started again', async () => {
    const store = await openStore();
    const one = await start(store, createMemoryBroker(), 'one');
    await leads(one);
    const { system } = one.server.context;
    const before = system.whereis('candidate');
    if (before === undefined) throw new Error('no candidate');
    system.exit(before, 'kill', before);
    await until(() => system.whereis('candidate') !== before && system.whereis('candidate') !== undefined, 'a new one');
    await leads(one);
    await published(one, await makeGroup(one, 'web'));
    expect(one.server.standing()).toEqual({ role: 'leader', term: 1 });
    expect(one.lines.filter((line) => line.startsWith('info: leading'))).toHaveLength(1);
  });

  it('ends when its work gives up', async () => {
    const store = await openStore();
    const one = await start(store, createMemoryBroker(), 'one');
    await leads(one);
    const { system } = one.server.context;
    let over = false;
    const ended = one.server.ended.finally(() => (over = true));
    const killing = (async () => {
      while (!over) {
        const pid = system.whereis('leader_sup');
        if (pid !== undefined) system.exit(pid, 'kill', pid);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    expect((await ended).message).toContain('gave up');
    await killing;
  });

  it('shows its work in the tree', async () => {
    const store = await openStore();
    const one = await start(store, createMemoryBroker(), 'one');
    await leads(one);
    const outbox = await one.api('GET', '/api/V2/actors?path=dog_trainer/leader_sup/broker_sup/outbox');
    expect(outbox.json['detail']).toMatchObject({ attached: true });
    const candidate = await one.api('GET', '/api/V2/actors?path=dog_trainer/candidate');
    expect(candidate.json['detail']).toMatchObject({ role: 'leader', term: 1, leader: 'one' });
  });
});

describe('the store away at the start', () => {
  it('the server is up, says so, and leads when the store is there', async () => {
    const store = await openStore();
    const one = await start(store, createMemoryBroker(), 'one', { away: true });
    expect((await one.api('GET', '/livez')).status).toBe(200);
    const { status, json } = await one.api('GET', '/readyz');
    expect(status).toBe(503);
    expect(json['reasons']).toContain('store: cut off by the test');
    expect((await one.api('GET', '/api/V2/publishing')).status).toBe(503);
    expect((await one.api('GET', '/api/V2/actors')).status).toBe(200);
    expect(existsSync(join(one.data, 'run', 'admin.sock'))).toBe(true);
    one.store.away(false);
    await leads(one);
    await published(one, await makeGroup(one, 'web'));
  });

  it('so does one that only observes', async () => {
    const store = await openStore();
    const one = await start(store, createMemoryBroker(), 'one', { away: true, observe: true });
    expect((await one.api('GET', '/livez')).status).toBe(200);
    expect((await one.api('GET', '/readyz')).status).toBe(503);
    expect((await one.api('GET', '/api/V2/observe')).json).toEqual({ loading: true });
    one.store.away(false);
    await until(async () => (await one.api('GET', '/api/V2/observe')).json['loading'] === false, 'the comparison');
    expect((await one.api('GET', '/readyz')).json['reasons']).toContain(
      'observing: nothing is published, consumed or written',
    );
    expect(await store.get('setting', 'leader')).toBeUndefined();
  });
});

describe('what the journal of an earlier run holds', () => {
  /** The in-process broker behind the configuration of a real one, so that there is a journal. */
  const AMQP = {
    set: ['broker.kind=amqp', 'broker.url=amqp://127.0.0.1:1/', 'shutdown_seconds=1', 'broker.heartbeat=1'],
  };

  /** A leader that stops with messages in its journal. */
  const withJournal = async () => {
    const store = await openStore();
    const data = temporaryDirectory();
    const broker = createMemoryBroker();
    const one = await start(store, broker, 'one', { ...AMQP, data });
    await leads(one);
    broker.block('an alarm');
    const group = await makeGroup(one, 'web');
    await until(() => one.server.context.outbox.depth() > 0, 'waiting');
    await one.stop();
    broker.unblock();
    return { store, data, broker, group };
  };
  const told = ({ lines }: Started) => ({
    sent: lines.some((line) => line.includes('the journal holds messages of an earlier run')),
    dropped: lines.filter((line) => line.includes('its messages are dropped')),
  });

  it('is sent first when nobody else led meanwhile', async () => {
    const { store, data, broker, group } = await withJournal();
    const again = await start(store, broker, 'one', { ...AMQP, data });
    await leads(again);
    expect(told(again)).toEqual({ sent: true, dropped: [] });
    await published(again, group);
  });

  it('so it is by the same process, when it leads again', async () => {
    const store = await openStore();
    const broker = createMemoryBroker();
    const one = await start(store, broker, 'one', AMQP);
    await leads(one);
    broker.block('an alarm');
    const group = await makeGroup(one, 'web');
    await until(() => one.server.context.outbox.depth() > 0, 'waiting');
    one.store.away(true);
    await until(() => one.server.standing().role === 'follower', 'lost');
    const wire = await listenToAll(broker);
    broker.unblock();
    one.store.away(false);
    await leads(one);
    expect(told(one)).toEqual({ sent: true, dropped: [] });
    await published(one, group);
    expect(wire.keys()).toContain('*.*.web.*');
  });

  it('and dropped by the same process, when another led meanwhile', async () => {
    const store = await openStore();
    const broker = createMemoryBroker();
    const one = await start(store, broker, 'one', AMQP);
    await leads(one);
    broker.block('an alarm');
    const group = await makeGroup(one, 'web');
    await until(() => one.server.context.outbox.depth() > 0, 'waiting');
    one.store.away(true);
    const other = await start(store, broker, 'other', AMQP);
    await until(() => other.server.standing().role === 'leader', 'the other leads');
    await until(() => other.lines.some((line) => line.includes('connected to the broker')), 'at work');
    one.store.away(false);
    await follows(one);
    await other.stop();
    broker.unblock();
    await leads(one);
    expect(told(one).dropped).toEqual([expect.stringMatching(/^warn: .*"messages":[1-9]/)]);
    await published(one, group);
  });

  it('is dropped, with a word, when another did; what was not confirmed is sent all the same', async () => {
    const { store, data, broker, group } = await withJournal();
    // It can't publish either, so that nothing is confirmed yet.
    broker.block('an alarm');
    const other = await start(store, broker, 'other', AMQP);
    await until(() => other.server.standing().role === 'leader', 'the other leads');
    await until(() => other.lines.some((line) => line.includes('connected to the broker')), 'at work');
    await other.stop();
    broker.unblock();
    const again = await start(store, broker, 'one', { ...AMQP, data });
    await leads(again);
    expect(told(again).dropped).toEqual([expect.stringMatching(/^warn: .*"messages":[1-9]/)]);
    await published(again, group);
  });

  it('belongs to the data directory by a random id, made anew when it is damaged', async () => {
    const store = await openStore();
    const data = temporaryDirectory();
    const id = () => readFileSync(join(data, 'server_id'), 'utf8');
    const first = await start(store, createMemoryBroker(), 'one', { data });
    const made = id();
    expect(made).toMatch(/^[0-9a-f-]{36}\n$/);
    await first.stop();
    await (await start(store, createMemoryBroker(), 'one', { data })).stop();
    expect(id()).toBe(made);
    writeFileSync(join(data, 'server_id'), 'mine\n');
    const third = await start(store, createMemoryBroker(), 'one', { data });
    expect(id()).not.toBe(made);
    expect(third.lines.some((line) => line.includes('server_id must hold one UUID'))).toBe(true);
  });
});
