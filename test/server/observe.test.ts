import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Broker } from '../../src/broker/broker.js';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { loadConfig } from '../../src/config/load.js';
import { createLogger } from '../../src/log/create-logger.js';
import { POLICY_TABLES, OWN_TABLES, type Json, type JsonObject } from '../../src/model/document.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { startServer } from '../../src/server/start-server.js';
import { ACTOR_ACTIONS } from '../../src/operations/actors/actor-order.js';
import { client, type Client } from '../support/api-client.js';
import { listenTo } from '../support/event-client.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { QUICK, startWholeServer, until } from '../support/whole-server.js';

/** A broker that nobody may come near. */
function forbidden(): { broker: Broker; calls: number[] } {
  const calls: number[] = [];
  const broker: Broker = {
    kind: 'memory',
    describe: 'forbidden',
    connect: () => {
      calls.push(1);
      return Promise.reject(new Error('an observer connected to the broker'));
    },
  };
  return { broker, calls };
}

async function observe(data: string, broker: Broker): Promise<{ url: string; api: Client; stop(): Promise<unknown> }> {
  const { config } = loadConfig({ data, set: [...QUICK, 'api.port=0', 'metrics.port=0', 'log.level=silent'] });
  const server = await startServer({ config, logs: createLogger(config.log), broker, observe: true });
  let stopped: Promise<unknown> | undefined;
  const stop = (): Promise<unknown> => (stopped ??= server.stop());
  onTestFinished(async () => void (await stop()));
  return { url: server.listening.api, api: client(server.listening.api), stop };
}

async function onStore<T>(data: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await createSqliteStore({ path: join(data, 'dog_trainer.db') });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

function everything(data: string): Promise<unknown> {
  return onStore(data, (store) => Promise.all([...POLICY_TABLES, ...OWN_TABLES].map((table) => store.list(table))));
}

/** The comparison, once there is one. */
function observed(api: Client): Promise<JsonObject> {
  return until(async () => {
    const { json } = await api('GET', '/api/V2/observe');
    return json['loading'] === false ? json : undefined;
  }, 'the comparison');
}

function byName(found: JsonObject): Record<string, JsonObject> {
  return Object.fromEntries(
    (found['groups'] as unknown as JsonObject[]).map((group) => [group['name'] as string, group]),
  );
}

describe('start --observe', () => {
  it('says which groups are the same, differ, or cannot be compared; it touches neither store nor broker', async () => {
    const data = temporaryDirectory();
    const server = await startWholeServer({ data });
    await server.group('same');
    const other = await server.group('other');
    const connection = await server.broker.connect();
    await server.create('group', {
      name: 'lost',
      description: '',
      profile_id: 'nowhere',
      profile_name: 'x',
      profile_version: 'latest',
    });
    await until(async () => (await server.server.state.store.list('ipset')).length > 0, 'the sets published');
    await connection.close();
    await server.stop();
    const stranger = 'f'.repeat(64);
    await onStore(data, (store) =>
      store.commit(
        [{ op: 'edit', table: 'group', id: other.group, edit: (row) => ({ ...row, hash6_ipsets: stranger }) }],
        { author: 'old server' },
      ),
    );
    const before = await everything(data);

    const { broker, calls } = forbidden();
    const observer = await observe(data, broker);
    const found = await observed(observer.api);
    expect(found).toMatchObject({ dialect: 'dog2', sets: { state: 'same' } });
    const groups = byName(found);
    expect(groups['same']).toMatchObject({ state: 'same' });
    expect(groups['lost']).toMatchObject({ state: 'cannot_compare', error: { reason: 'profile_not_found' } });
    expect(groups['other']).toMatchObject({ state: 'differs' });
    const differences = groups['other']?.['differences'] as unknown as JsonObject[];
    expect(differences.map(({ field, stored }) => [field, stored])).toEqual([['hash6_ipsets', stranger]]);
    expect(differences[0]?.['text']).toContain('*filter');

    const ready = await observer.api('GET', '/readyz');
    expect(ready.status).toBe(200);
    expect(ready.json['reasons']).toContain('observing: nothing is published, consumed or written');
    const refused = await observer.api('POST', '/api/V2/zone', { name: 'z', ipv4_addresses: [], ipv6_addresses: [] });
    expect(refused.status).toBe(503);
    expect(refused.text).toContain('only observes');
    expect((await observer.api('POST', '/api/V2/publishing', { paused: true })).status).toBe(503);
    expect((await observer.api('GET', '/api/publish?group=same')).status).toBe(200);
    await observer.stop();
    expect(calls).toEqual([]);
    expect(await everything(data)).toEqual(before);
  });

  it('shows its own actors, their states, traces and events, and does nothing to them', async () => {
    const { broker } = forbidden();
    const observer = await observe(temporaryDirectory(), broker);
    await observed(observer.api);
    const path = 'dog_trainer/observe_sup/observer';
    const at = `/api/V2/actors/${encodeURIComponent(path)}`;
    expect((await observer.api('GET', `/api/V2/actors?path=${path}`)).json).toMatchObject({ path, state: 'waiting' });
    const flat = (await observer.api('GET', '/api/V2/actors?flat=true&limit=1000')).json;
    expect(JSON.stringify(flat)).not.toContain('publishers_sup');
    expect((await observer.api('GET', `${at}/state`)).json).toMatchObject({ actor: { path }, running: {} });
    for (const stream of [`${at}/trace`, '/api/V2/actors/events', '/api/V2/events']) {
      const client = await listenTo(observer.url + stream);
      expect([stream, client.status, client.headers.get('content-type')]).toEqual([
        stream,
        200,
        expect.stringContaining('text/event-stream'),
      ]);
      client.close();
    }
    for (const action of ACTOR_ACTIONS) {
      const refused = await observer.api('POST', `${at}/${action}`);
      expect([action, refused.status, refused.json]).toMatchObject([
        action,
        503,
        { code: 'unavailable', error: expect.stringContaining('does nothing to its actors') as string },
      ]);
    }
    const node = (await observer.api('GET', `/api/V2/actors?path=${path}`)).json;
    expect(node).toMatchObject({ state: 'waiting', restarts: 0 });
    expect((await observer.api('GET', '/api/V2/actors/nobody/state')).status).toBe(404);
  });

  it('a server that does not only observe has no comparison to show', async () => {
    const server = await startWholeServer();
    expect((await server.api('GET', '/api/V2/observe')).status).toBe(404);
  });
});

describe('at a start', () => {
  it.each([
    [true, 1],
    [false, 0],
  ])('somebody else at the queue of reports: %s; warnings: %i', async (rival, warnings) => {
    const broker = createMemoryBroker();
    const connection = await broker.connect();
    onTestFinished(() => connection.close());
    await connection.declareQueue({ name: 'ips', durable: true, autoDelete: false, exclusive: false });
    if (rival) await connection.consume('ips', { prefetch: 1 }, (delivery) => delivery.ack());
    const lines: string[] = [];
    const { config } = loadConfig({
      data: temporaryDirectory(),
      set: [...QUICK, 'api.port=0', 'metrics.port=0', 'log.level=silent'],
    });
    const logs = createLogger(config.log);
    const warn = (_fields: Json, message: string): void => void lines.push(message);
    const log = Object.assign(Object.create(logs.log) as typeof logs.log, { warn });
    const server = await startServer({ config, broker, logs: { ...logs, log } });
    onTestFinished(async () => void (await server.stop()));
    await until(() => server.state.reportsLink.connection !== undefined, 'the connection');
    expect(lines.filter((line) => line.includes('somebody else consumes the reports'))).toHaveLength(warnings);
  });
});
