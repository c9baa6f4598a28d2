import { afterEach, describe, expect, it } from 'vitest';
import { EventBook } from '../../src/events/event-book.js';
import { StreamRoom } from '../../src/http/events/stream-room.js';
import { createApp } from '../../src/http/app.js';
import type { ApiNeeds } from '../../src/http/answer-call.js';
import { startHttpServer, type HttpServer } from '../../src/http/server.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { StoreError, type StoreErrorCode, type Store } from '../../src/store/store.js';
import { createMetrics } from '../../src/metrics/create-metrics.js';
import { client, RULE } from '../support/api-client.js';
import { TEST_API, TEST_HTTP_CONFIG } from '../support/api-server.js';
import { FakeRuntime } from '../support/fake-runtime.js';

const ZONE = { name: 'z', ipv4_addresses: [], ipv6_addresses: [] };

describe('trouble that is not the client’s', () => {
  let server: HttpServer | undefined;
  let store: Store;
  const lines: Record<string, unknown>[] = [];
  afterEach(async () => {
    await server?.close(0);
    await store.close();
    lines.length = 0;
  });

  /** The API on a store some of whose calls are replaced. */
  const start = async (faulty: (real: Store) => Partial<Store>, runtime = new FakeRuntime()) => {
    store = await createSqliteStore({ path: ':memory:' });
    const broken = new Proxy(store, {
      get: (target, key) => {
        const own = faulty(target)[key as keyof Store];
        const value: unknown = own ?? Reflect.get(target, key);
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
      },
    });
    const note = (level: string) => (fields: object, msg: string) => void lines.push({ level, ...fields, msg });
    const needs: ApiNeeds = {
      store: broken,
      settings: [],
      config: { ...TEST_HTTP_CONFIG, api: { ...TEST_API, request_timeout_ms: 200 } },
      log: { info: note('info'), warn: note('warn'), error: note('error') },
      clock: Date,
      metrics: createMetrics(),
      operations: () => runtime,
      events: new EventBook({ most: 1, now: Date.now }),
      actorEvents: new EventBook({ most: 1, now: Date.now }),
      streams: new StreamRoom({ most: 1, heartbeatMs: 1000, mayListen: () => Promise.resolve(undefined) }),
    };
    server = await startHttpServer(createApp(needs), { host: '127.0.0.1', port: 0 });
    return client(`http://127.0.0.1:${server.port}`);
  };

  it.each<[StoreErrorCode, number, string]>([
    ['unavailable', 503, 'unavailable'],
    ['busy', 503, 'unavailable'],
    ['timeout', 503, 'unavailable'],
    ['unknown_outcome', 503, 'unavailable'],
    ['closed', 503, 'unavailable'],
    ['read_only', 503, 'unavailable'],
    ['fenced', 503, 'unavailable'],
    ['full', 507, 'storage_full'],
    ['corrupt', 503, 'unavailable'],
    ['refused', 503, 'unavailable'],
  ])('a store that says %s on a write is %i; reads go on', async (code, status, name) => {
    const call = await start(() => ({ commit: () => Promise.reject(new StoreError(code, 'the store says so')) }));
    const answer = await call('POST', '/api/V2/zone', ZONE);
    expect([answer.status, answer.json['code']]).toEqual([status, name]);
    expect((await call('GET', '/api/V2/zones')).json).toEqual([]);
    expect((await call('GET', '/api/healthcheck')).status).toBe(200);
  });

  it('a store that is down shows in the health check', async () => {
    const call = await start(() => ({ state: () => ({ up: false, since: 0, reason: 'away' }) }));
    const { status, json } = await call('GET', '/api/healthcheck');
    expect([status, json]).toEqual([200, { health: 'unable to access db' }]);
  });

  it('a call without result is 503 in time, and the next one is served', async () => {
    const runtime = new FakeRuntime();
    runtime.drift = () => new Promise(() => undefined);
    const call = await start(() => ({}), runtime);
    const { status, json } = await call('GET', '/api/V2/host/h/drift');
    expect([status, json['code'], json['error']]).toEqual([503, 'timed_out', expect.stringMatching(/200 ms/)]);
    expect((await call('GET', '/livez')).status).toBe(200);
  });

  it('a defect is 500 with a number that the log knows; the answer says no more', async () => {
    const call = await start(() => ({ list: () => Promise.reject(new TypeError('x is not a function: hunter2')) }));
    const { status, json, text } = await call('GET', '/api/V2/zones');
    expect([status, json['code'], json['request']]).toEqual([500, 'internal', 1]);
    expect(text).not.toContain('hunter2');
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'error', request: 1, err: expect.any(TypeError) as unknown }),
    );
  });

  it('while the dialect is not known, what needs it is 503, and all else is answered', async () => {
    const runtime = new FakeRuntime();
    runtime.spoken = undefined;
    const call = await start(() => ({}), runtime);
    const by = { author: 'test' };
    await store.commit([{ op: 'create', table: 'group', doc: { id: 'g', name: 'g' } }], by);
    const answers = async (asked: readonly (readonly [method: string, path: string, body?: unknown])[]) =>
      Promise.all(asked.map(async ([method, path, body]) => [path, (await call(method, path, body)).status]));
    const reads = [
      ...['zones', 'groups', 'hosts', 'group/g', 'group/any', 'group/self', 'group/external-active', 'group/g/hosts'],
      ...['group/all-active/hosts', 'group/all-active', 'group/g/external_ips', 'group/any/ips', 'publishing'],
    ].map((path) => ['GET', `/api/V2/${path}`] as const);
    expect(await answers(reads)).toEqual(reads.map(([, path]) => [path, 200]));
    const rules = { inbound: [RULE], outbound: [] };
    const writes = [
      ['POST', '/api/V2/zone', ZONE],
      ['POST', '/api/V2/ruleset', { name: 'r', rules }],
      ['POST', '/api/profile', { name: 'p', rules }],
    ] as const;
    expect(await answers(writes)).toEqual(writes.map(([, path]) => [path, 503]));
    const { json, headers } = await call('POST', '/api/V2/zone', ZONE);
    expect([json['code'], headers.get('retry-after')]).toEqual(['unavailable', '5']);
    // Addresses that hosts report are judged by the dialect.
    const host = { id: 'h', name: 'h', hostkey: 'k', group: 'g', active: 'active', interfaces: '{"lo":["127.0.0.1"]}' };
    await store.commit([{ op: 'create', table: 'host', doc: host }], by);
    const views = ['ipsets', 'groups', 'group/all-active', 'group/g/ips'].map(
      (path) => ['GET', `/api/V2/${path}`] as const,
    );
    expect(await answers(views)).toEqual(views.map(([, path]) => [path, 503]));
    expect((await call('GET', '/api/V2/group/external-active')).status).toBe(200);
    runtime.spoken = 'dog2';
    expect(await answers(views)).toEqual(views.map(([, path]) => [path, 200]));
    expect((await call('POST', '/api/V2/zone', ZONE)).status).toBe(201);
  });

  it('one write that fails does not hold up the next in the queue', async () => {
    let failures = 1;
    const call = await start((real) => ({
      commit: (...args: Parameters<Store['commit']>) => {
        failures -= 1;
        return failures >= 0 ? Promise.reject(new StoreError('busy', 'once')) : real.commit(...args);
      },
    }));
    const answers = await Promise.all([1, 2, 3].map((n) => call('POST', '/api/V2/zone', { ...ZONE, name: `z${n}` })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 503]);
  });
});
