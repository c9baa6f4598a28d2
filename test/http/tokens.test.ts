import { describe, expect, it, onTestFinished } from 'vitest';
import { createToken } from '../../src/http/access/tokens.js';
import type { MadeToken, TokenList } from '../../src/http/access/token-answers.js';
import type { JsonObject } from '../../src/model/document.js';
import { client } from '../support/api-client.js';
import { startApiServer } from '../support/api-server.js';

const NOW = Math.floor(Date.now() / 1000);

async function withTokens(auth: 'none' | 'tokens' = 'tokens') {
  const server = await startApiServer({ auth });
  onTestFinished(() => server.close());
  const as = (secret: string) => client(server.url, { authorization: `Bearer ${secret}` });
  const token = async (name: string, ...scopes: string[]) =>
    as((await createToken(server.store, { name, scopes }, { author: 'root', now: NOW })).text);
  return { server, as, token };
}

async function listed(call: ReturnType<typeof client>): Promise<TokenList> {
  return (await call('GET', '/api/V2/tokens')).json as unknown as TokenList;
}

describe('tokens over HTTP', () => {
  it('are made, listed without secrets, used and revoked, and the audit trail has who did it', async () => {
    const { as, token } = await withTokens();
    const admin = await token('admin', 'read', 'write');
    const made = await admin('POST', '/api/V2/tokens', { name: 'ci@build', scopes: ['write', 'read'], days: 2 });
    expect([made.status, made.headers.get('location')]).toEqual([201, '/api/V2/tokens/ci%40build']);
    expect(made.headers.get('cache-control')).toBe('no-store');
    const { secret, ...row } = made.json as unknown as MadeToken;
    expect(row).toMatchObject({ name: 'ci@build', scopes: ['read', 'write'], expired: false });
    expect((row.expires_at ?? 0) - row.created_at).toBe(2 * 86_400);

    const ci = as(secret);
    const list = await listed(ci);
    expect(list).toMatchObject({ auth: 'tokens', tokens: [{ name: 'admin', expires_at: null }, row] });
    const shown = (await ci('GET', '/api/V2/tokens')).text;
    expect(shown).not.toContain('hash');
    expect(shown).not.toContain(secret.slice(-20));

    expect((await admin('DELETE', '/api/V2/tokens/ci%40build')).status).toBe(204);
    expect((await ci('GET', '/api/V2/tokens')).status).toBe(401);
    expect((await admin('DELETE', '/api/V2/tokens/ci%40build')).json['code']).toBe('not_found');
    const audit = (await admin('GET', '/api/V2/audit?resource=token&author=admin')).json as unknown as JsonObject[];
    expect(audit).toMatchObject([
      { resource: 'token', before: { name: 'ci@build' }, after: null },
      { resource: 'token', before: null, after: { name: 'ci@build' } },
    ]);
    expect(JSON.stringify(audit)).not.toContain(secret.slice(-20));
  });

  it('last no longer than the token that makes them', async () => {
    const { server, as } = await withTokens();
    const wanted = { name: 'visitor', scopes: ['read', 'write'], expires: NOW + 86_400 };
    const visitor = as((await createToken(server.store, wanted, { author: 'root', now: NOW })).text);
    for (const days of [undefined, 2]) {
      const longer = await visitor('POST', '/api/V2/tokens', { name: 'stays', scopes: ['read'], days });
      expect([longer.status, longer.json]).toMatchObject([400, { code: 'bad_request', field: 'days' }]);
      expect(longer.text).toMatch(/days must be at most (1|0\.99\d): a token makes none/);
    }
    const shorter = await visitor('POST', '/api/V2/tokens', { name: 'leaves', scopes: ['read'], days: 0.5 });
    expect(shorter.status).toBe(201);
  });

  it('give nobody more than they have, and are made only by those who may write', async () => {
    const { server, token } = await withTokens();
    const [reader, writer] = [await token('reader', 'read'), await token('writer', 'read', 'write')];
    const more = await writer('POST', '/api/V2/tokens', { name: 'more', scopes: ['read', 'command'] });
    expect([more.status, more.json]).toMatchObject([
      403,
      { code: 'forbidden', error: 'the token lacks the scope command', field: 'scopes' },
    ]);
    expect((await reader('POST', '/api/V2/tokens', { name: 'more', scopes: ['read'] })).status).toBe(403);
    expect((await reader('DELETE', '/api/V2/tokens/writer')).status).toBe(403);
    expect((await listed(reader)).tokens.map(({ name }) => name)).toEqual(['reader', 'writer']);
    const none = client(server.url);
    for (const [method, path] of [
      ['GET', '/api/V2/tokens'],
      ['POST', '/api/V2/tokens'],
      ['DELETE', '/api/V2/tokens/reader'],
    ] as const)
      expect((await none(method, path, method === 'POST' ? {} : undefined)).status).toBe(401);
  });

  it('may have any scope where nobody is asked for a token', async () => {
    const { server } = await withTokens('none');
    const call = client(server.url);
    const made = await call('POST', '/api/V2/tokens', { name: 'all', scopes: ['read', 'write', 'command'] });
    expect([made.status, made.json['expires_at']]).toEqual([201, null]);
    expect(await listed(call)).toMatchObject({ auth: 'none', tokens: [{ name: 'all' }] });
  });

  it.each([
    [{ scopes: ['read'] }, 'name', 'name must be a string'],
    [{ name: 'a b', scopes: ['read'] }, 'name', '1 to 64 letters, digits'],
    [{ name: 'x'.repeat(65), scopes: ['read'] }, 'name', '1 to 64 letters, digits'],
    [{ name: 'n' }, 'scopes', 'scopes must be a list of read, write, command'],
    [{ name: 'n', scopes: 'read' }, 'scopes', 'scopes must be a list'],
    [{ name: 'n', scopes: [1] }, 'scopes', 'scopes must be a list'],
    [{ name: 'n', scopes: Array.from({ length: 4 }, () => 'read') }, 'scopes', 'scopes must be a list'],
    [{ name: 'n', scopes: [] }, 'scopes', 'a token needs a scope'],
    [{ name: 'n', scopes: ['admin'] }, 'scopes', 'unknown scope "admin"'],
    [{ name: 'n', scopes: ['read'], days: 0 }, 'days', 'days must be a number of days above 0'],
    [{ name: 'n', scopes: ['read'], days: 36_501 }, 'days', 'at most 36500'],
    [{ name: 'n', scopes: ['read'], days: '7' }, 'days', 'days must be a number'],
    [{ name: 'n', scopes: ['read'], days: 0.000001 }, 'days', 'would have expired already'],
    [{ name: 'n', scopes: ['read'], day: 7 }, 'day', 'day is not known'],
  ])('are refused by field and rule: %j', async (body, field, rule) => {
    const { server } = await withTokens('none');
    const call = client(server.url);
    const { status, json } = await call('POST', '/api/V2/tokens', body);
    expect([status, json['code'], json['field']]).toEqual([400, 'bad_request', field]);
    expect(json['error']).toContain(rule);
    expect((await listed(call)).tokens).toEqual([]);
  });

  it('have names that are taken once', async () => {
    const { server } = await withTokens('none');
    const call = client(server.url);
    expect((await call('POST', '/api/V2/tokens', { name: 'n', scopes: ['read'] })).status).toBe(201);
    const again = await call('POST', '/api/V2/tokens', { name: 'n', scopes: ['read'] });
    expect([again.status, again.json['code']]).toEqual([409, 'exists']);
    expect((await call('POST', '/api/V2/tokens', [])).json['code']).toBe('bad_json');
  });
});
