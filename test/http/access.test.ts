import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hashSecret, readBearer } from '../../src/http/access/bearer-token.js';
import { createToken, listTokens, revokeToken } from '../../src/http/access/tokens.js';
import { type ApiServer, startApiServer } from '../support/api-server.js';
import { client } from '../support/api-client.js';

const NOW = Math.floor(Date.now() / 1000);
const BY = { author: 'root', now: NOW };
const ZONE = { name: 'z', ipv4_addresses: [], ipv6_addresses: [] };

describe('api.auth: tokens', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer({ auth: 'tokens', auth_failures_per_minute: 1000 });
  });
  afterAll(() => server.close());

  const token = async (name: string, ...scopes: string[]) =>
    (await createToken(server.store, { name, scopes }, BY)).text;
  const as = (text: string | undefined) =>
    client(server.url, text === undefined ? {} : { authorization: `Bearer ${text}` });

  it('needs no token for health, and one for everything else', async () => {
    const call = as(undefined);
    for (const path of ['/livez', '/readyz', '/api/healthcheck']) expect((await call('GET', path)).status).toBe(200);
    for (const [method, path] of [
      ['GET', '/api/V2/zones'],
      ['GET', '/api/zones'],
      ['POST', '/api/V2/zone'],
      ['GET', '/api/publish?group=g'],
      ['GET', '/api/V2/openapi.json'],
      ['GET', '/api/V2/file_transfer/x?path=/etc/passwd'],
    ] as const) {
      const { status, headers, json } = await call(method, path, method === 'POST' ? ZONE : undefined);
      expect([path, status, json['code']]).toEqual([path, 401, 'unauthenticated']);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
  });

  it('lets each scope do what it says and no more', async () => {
    const made = { name: 'by-write', ipv4_addresses: [], ipv6_addresses: [] };
    const [read, write, command] = [
      as(await token('reader', 'read')),
      as(await token('writer', 'write')),
      as(await token('commander', 'command')),
    ];
    const statuses = async (call: ReturnType<typeof as>) => [
      (await call('GET', '/api/V2/zones')).status,
      (await call('POST', '/api/V2/zone', made)).status,
      (await call('GET', '/api/publish?group=g')).status,
      (await call('POST', '/api/V2/file_transfer/hk', { command: 'id' })).status,
    ];
    expect(await statuses(read)).toEqual([200, 403, 403, 403]);
    expect(await statuses(write)).toEqual([403, 201, 200, 403]);
    expect(await statuses(command)).toEqual([403, 403, 403, 200]);
    const all = as(await token('all', 'read', 'write', 'command'));
    expect((await all('GET', '/api/V2/zones')).status).toBe(200);
  });

  it('lets actors be seen with read alone, and be acted on with write alone', async () => {
    const actor = '/api/V2/actors/dog_trainer%2Fnobody';
    const [read, write] = [as(await token('onlooker', 'read')), as(await token('operator', 'write'))];
    for (const action of ['suspend', 'resume', 'restart', 'terminate', 'start']) {
      expect([action, (await read('POST', `${actor}/${action}`)).status]).toEqual([action, 403]);
      expect([action, (await write('POST', `${actor}/${action}`)).status]).toEqual([action, 404]);
    }
    for (const path of [
      '/api/V2/actors',
      `${actor}/state`,
      `${actor}/trace`,
      '/api/V2/events',
      '/api/V2/actors/events',
    ])
      expect([path, (await write('GET', path)).status]).toEqual([path, 403]);
    expect((await read('GET', `${actor}/state`)).status).toBe(404);
  });

  it('names the token as the author, whatever a header says', async () => {
    const call = as(await token('terraform', 'read', 'write'));
    const made = await call('POST', '/api/V2/zone', { ...ZONE, name: 'tf' }, { 'x-consumer-username': 'mallory' });
    const { json } = await call('GET', `/api/V2/audit?resource=zone&id=${made.json['id'] as string}`);
    expect(json).toMatchObject([{ author: 'terraform', resource: 'zone', before: null, after: { name: 'tf' } }]);
    expect(server.lines.find(({ author }) => author === 'terraform')).toBeDefined();
  });

  it('refuses expired, revoked, altered and foreign tokens alike', async () => {
    const expiring = await createToken(server.store, { name: 'short', scopes: ['read'], expires: NOW + 1 }, BY);
    const revoked = await token('revoked', 'read');
    await revokeToken(server.store, 'revoked', 'root');
    const good = await token('good', 'read');
    await expect
      .poll(async () => (await as(expiring.text)('GET', '/api/V2/zones')).json['error'], { timeout: 5000 })
      .toMatch(/expired/);
    const altered = good.slice(0, -1) + (good.endsWith('A') ? 'B' : 'A');
    for (const text of [revoked, altered, 'x', `${good}x`, 'dog_0123456789abcdef_', '__proto__', 'dog_x_y']) {
      const { status, json } = await as(text)('GET', '/api/V2/zones');
      expect([status, json['code']]).toEqual([401, 'unauthenticated']);
    }
    for (const authorization of ['Basic eDp5', good, `Bearer${good}`, `Token ${good}`]) {
      expect((await client(server.url, { authorization })('GET', '/api/V2/zones')).status).toBe(401);
    }
    expect((await as(good)('GET', '/api/V2/zones')).status).toBe(200);
  });

  it('stores hashes only, shows none, and logs no token', async () => {
    const text = await token('hidden', 'read');
    await as(text)('GET', '/api/V2/zones');
    // A secret may hold `_` itself (base64url), so it is read as the server does, not cut at each `_`.
    const secret = readBearer(`Bearer ${text}`)?.secret ?? '';
    expect(secret).toHaveLength(43);
    const rows = JSON.stringify(await server.store.list('token'));
    expect(rows).toContain(hashSecret(secret));
    expect(rows).not.toContain(secret);
    const shown = await listTokens(server.store, NOW);
    expect(shown.find(({ name }) => name === 'hidden')).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      name: 'hidden',
      scopes: ['read'],
      created: NOW,
      expires: null,
      expired: false,
    });
    expect(JSON.stringify(server.lines)).not.toMatch(/dog_[0-9a-f]{16}/);
    expect(JSON.stringify(server.lines)).not.toContain(secret);
  });

  it('makes no token without a name, a scope or a future', async () => {
    const make = (wanted: { name: string; scopes: string[]; expires?: number }) =>
      createToken(server.store, wanted, BY);
    await expect(make({ name: 'a b', scopes: ['read'] })).rejects.toThrow(/1 to 64 letters/);
    await expect(make({ name: 'x', scopes: [] })).rejects.toThrow(/needs a scope/);
    await expect(make({ name: 'x', scopes: ['admin'] })).rejects.toThrow(/read, write, command/);
    await expect(make({ name: 'x', scopes: ['read'], expires: NOW })).rejects.toThrow(/expired/);
    await make({ name: 'twice', scopes: ['read'] });
    await expect(make({ name: 'twice', scopes: ['read'] })).rejects.toThrow(/already/);
    await expect(revokeToken(server.store, 'nobody', 'root')).rejects.toThrow(/no token named/);
  });
});

describe('failed authentications', () => {
  let server: ApiServer;
  afterEach(() => server.close());

  it('are limited by address; a valid token passes all the same', async () => {
    server = await startApiServer({ auth: 'tokens', auth_failures_per_minute: 3 });
    const { text } = await createToken(server.store, { name: 'ok', scopes: ['read'] }, BY);
    const wrong = client(server.url, { authorization: 'Bearer wrong' });
    const statuses: number[] = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await wrong('GET', '/api/V2/zones')).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    const limited = await wrong('GET', '/api/V2/zones');
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await client(server.url)('GET', '/api/V2/zones')).status).toBe(429);
    expect(await server.metrics.registry.metrics()).toContain('dog_trainer_authentication_failures_total 7\n');
    expect((await client(server.url, { authorization: `Bearer ${text}` })('GET', '/api/V2/zones')).status).toBe(200);
  });
});

describe('api.auth: none', () => {
  it('ignores Authorization and takes the author from the gateway', async () => {
    const server = await startApiServer();
    const call = client(server.url, { authorization: 'Bearer whatever' });
    const one = await call('POST', '/api/V2/zone', { ...ZONE, name: 'a' }, { 'x-consumer-username': 'felix' });
    const two = await call('POST', '/api/V2/zone', { ...ZONE, name: 'b' });
    const audit = async (id: unknown) => (await call('GET', `/api/V2/audit?id=${String(id)}`)).json as unknown;
    expect(await audit(one.json['id'])).toMatchObject([{ author: 'felix' }]);
    expect(await audit(two.json['id'])).toMatchObject([{ author: 'anonymous' }]);
    expect((await call('GET', '/api/V2/audit?author=felix')).json).toHaveLength(1);
    await server.close();
  });
});
