import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../../src/http/access/tokens.js';
import type { JsonObject } from '../../src/model/document.js';
import { RULESET_HASH_FIELDS } from '../../src/model/ruleset-variants.js';
import { StoreError } from '../../src/store/store.js';
import { client, RULE, type Client } from '../support/api-client.js';
import { startApiServer, type ApiServer } from '../support/api-server.js';
import { NOTHING_CONVERGES, NOTHING_WAITS, NOW_IS_WELL } from '../support/now-answers.js';
import { listenAsAgent, report, reportOf, SOON, startWholeServer, type WholeServer } from '../support/whole-server.js';

const PATHS = ['/api/V2/now', '/api/V2/convergence', '/api/V2/publishing/queue'] as const;

describe('the routes of what is so now', () => {
  let server: ApiServer;
  let api: Client;
  beforeAll(async () => {
    server = await startApiServer({ auth: 'tokens' });
    api = client(server.url);
  });
  afterAll(() => server.close());
  const tokenOf = async (name: string, scope: string) => {
    const { text } = await createToken(server.store, { name, scopes: [scope] }, { author: 'test', now: 1 });
    return { authorization: `Bearer ${text}` };
  };

  it('answer what the operations tell, to who may read', async () => {
    const reader = await tokenOf('reader', 'read');
    const answers = await Promise.all(PATHS.map((path) => api('GET', path, undefined, reader)));
    expect(answers.map(({ json }) => json)).toEqual([NOW_IS_WELL, NOTHING_CONVERGES, NOTHING_WAITS]);
    const writer = await tokenOf('writer', 'write');
    for (const path of PATHS) {
      expect((await api('GET', path)).status, path).toBe(401);
      expect((await api('GET', path, undefined, writer)).status, path).toBe(403);
      expect((await api('POST', path, {}, reader)).status, path).toBe(405);
    }
  });

  it('are 503 from a server that does not do the work', async () => {
    const reader = await tokenOf('another-reader', 'read');
    const away = (): never => {
      throw new StoreError('unavailable', 'this server does not do that now');
    };
    Object.assign(server.runtime.now, { now: away, convergence: away, publishingQueue: away });
    for (const path of PATHS) {
      const { status, json } = await api('GET', path, undefined, reader);
      expect([status, json.code], path).toEqual([503, 'unavailable']);
    }
  });
});

/** The group's row has the hashes of what its hosts are to have. */
async function hashesOf({ api }: WholeServer, group: string): Promise<JsonObject> {
  const { json } = await api('GET', `/api/V2/group/${group}`);
  return Object.fromEntries(RULESET_HASH_FIELDS.map((field) => [field, json[field] ?? '']));
}

describe('a whole server', () => {
  it('shows its parts, and what its publishing has come to', async () => {
    const whole = await startWholeServer();
    await whole.group('web');
    const { json: now } = await whole.api('GET', '/api/V2/now');
    expect(now).toMatchObject({
      status: { groups: { by_state: { published: expect.any(Number) as number } } },
      guard: { state: 'open' },
      broker: { publishing: { state: 'up' }, reports: { state: 'up' } },
      store: { state: 'up' },
      mail: { state: 'off', on: false, waiting: 0 },
      webhook: { state: 'off', on: false },
      leader: { role: 'alone' },
    });
    const { json: queue } = await whole.api('GET', '/api/V2/publishing/queue');
    expect(queue).toMatchObject({ paused: false, refused: [], refused_total: 0 });
    const { count, p50_ms } = (queue as unknown as { confirms: { count: number; p50_ms: number } }).confirms;
    expect(count).toBeGreaterThan(0);
    expect(p50_ms).toBeGreaterThanOrEqual(0);
  });

  it('says of a group that waits that publishing is paused, and goes on when it is not', async () => {
    const whole = await startWholeServer();
    const { group, ruleset } = await whole.group('web');
    await whole.api('POST', '/api/V2/publishing', { paused: true });
    await whole.edit('ruleset', ruleset, { rules: { inbound: [RULE, RULE], outbound: [] } });
    const queue = async () => (await whole.api('GET', '/api/V2/publishing/queue')).json;
    await expect.poll(queue, SOON).toMatchObject({
      paused: true,
      author: expect.any(String) as string,
      waiting: expect.arrayContaining([
        expect.objectContaining({ what: 'ruleset', group_id: group, group: 'web', held: 'publishing is paused' }),
      ]) as unknown,
    });
    await whole.api('POST', '/api/V2/publishing', { paused: false });
    await expect.poll(queue, SOON).toMatchObject({ paused: false, waiting_total: 0 });
  });

  it('tells how long a host took to have what was published, by the hashes that it reports', async () => {
    const whole = await startWholeServer();
    const { group, ruleset } = await whole.group('web');
    const { connection } = await listenAsAgent(whole.broker, { hostkey: 'k1', group: 'web' });
    const before = await hashesOf(whole, group);
    await report(connection, 'force', reportOf('k1', 'web', before));
    await expect.poll(() => whole.host('k1')?.['active'], SOON).toBe('new');
    await report(connection, 'keepalive', reportOf('k1', 'web', before));
    await expect.poll(() => whole.host('k1')?.['active'], SOON).toBe('active');
    await whole.edit('ruleset', ruleset, { rules: { inbound: [{ ...RULE, action: 'DROP' }], outbound: [] } });
    await expect.poll(() => hashesOf(whole, group), SOON).not.toEqual(before);
    const convergence = async () => (await whole.api('GET', '/api/V2/convergence')).json;
    const ofRules = expect.objectContaining({ what: 'ruleset', group: 'web', hosts: 1, converged: 0 }) as unknown;
    await expect.poll(convergence, SOON).toMatchObject({ open: expect.arrayContaining([ofRules]) as unknown });
    // It reports, but not what it was sent.
    await report(connection, 'keepalive', reportOf('k1', 'web', { ...before, version: 'seen' }));
    await expect.poll(() => whole.host('k1')?.['version'], SOON).toBe('seen');
    expect(await convergence()).toMatchObject({ open: expect.arrayContaining([ofRules]) as unknown });
    await report(connection, 'keepalive', reportOf('k1', 'web', await hashesOf(whole, group)));
    await expect.poll(convergence, SOON).toMatchObject({
      done: expect.arrayContaining([
        expect.objectContaining({ what: 'ruleset', group: 'web', hosts: 1, seconds: expect.any(Number) as number }),
      ]) as unknown,
    });
  });
});
