import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { client, type Client } from '../support/api-client.js';
import { startApiServer, type ApiServer } from '../support/api-server.js';

async function withHosts(): Promise<{ readonly server: ApiServer; readonly api: Client }> {
  const server = await startApiServer();
  onTestFinished(() => server.close());
  for (const [id, name, group, more] of [
    ['h1', 'web-1', 'web', { active: 'active', hashpass: true }],
    ['h2', 'web-2', 'web', { active: 'active', hashpass: false }],
    ['h3', 'db-1', 'db', { active: 'inactive', hashpass: true, interfaces: '{"eth0":["10.9.9.9"]}' }],
    ['h4', 'db-2', 'db', { active: 'inactive', hashpass: false }],
  ] as const)
    await server.store.commit(
      [{ op: 'create', table: 'host', doc: { id, name, group, hostkey: `key-of-${name}`, ...more } }],
      { author: 'test' },
    );
  return { server, api: client(server.url) };
}

function ids(answer: { readonly json: unknown }): readonly unknown[] {
  return (answer.json as readonly JsonObject[]).map(({ id }) => id);
}

describe('GET /api/V2/hosts, narrowed', () => {
  it.each([
    ['state=active_hashfail', ['h2']],
    ['state=inactive,inactive_hashfail', ['h3', 'h4']],
    ['group=web', ['h1', 'h2']],
    ['q=DB-', ['h3', 'h4']],
    ['q=10.9.9', ['h3']],
    ['q=key-of-web-1', ['h1']],
    ['after=', ['h1', 'h2', 'h3', 'h4']],
    ['after=h2', ['h3', 'h4']],
    ['group=db&state=inactive', ['h3']],
    ['group=web&active=true', ['h1', 'h2']],
  ])('%s', async (query, wanted) => {
    const { api } = await withHosts();
    expect(ids(await api('GET', `/api/V2/hosts?${query}`))).toEqual(wanted);
  });

  it('is read page by page, by the link to the next', async () => {
    const { api } = await withHosts();
    const first = await api('GET', '/api/V2/hosts?after=&limit=3&group=web&q=web');
    expect([ids(first), first.headers.get('link')]).toEqual([['h1', 'h2'], null]);
    const page = await api('GET', '/api/V2/hosts?after=&limit=3');
    expect(ids(page)).toEqual(['h1', 'h2', 'h3']);
    const next = /^<(.*)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
    const last = await api('GET', next ?? '');
    expect([ids(last), last.headers.get('link')]).toEqual([['h4'], null]);
  });

  it('stays whole for clients in the field, which send a limit', async () => {
    const { api } = await withHosts();
    expect(ids(await api('GET', '/api/V2/hosts?page_no=1&limit=1'))).toHaveLength(4);
    expect(ids(await api('GET', '/api/hosts?after=h2&limit=1'))).toHaveLength(4);
  });

  it.each([
    ['state=asleep', 'state'],
    ['state=', 'state'],
    ['q=x&limit=0', 'limit'],
    ['after=&limit=10001', 'limit'],
    [`q=${'x'.repeat(201)}`, 'q'],
  ])('says what is wrong in %s', async (query, name) => {
    const { api } = await withHosts();
    const answer = await api('GET', `/api/V2/hosts?${query}`);
    expect([answer.status, answer.json.code, answer.text]).toEqual([
      400,
      'bad_parameter',
      expect.stringContaining(name),
    ]);
  });
});

describe('names for ids', () => {
  it('are taken in sub-resources of groups, in v2 alone', async () => {
    const { server, api } = await withHosts();
    await server.store.commit([{ op: 'create', table: 'group', doc: { id: 'g1', name: 'web' } }], { author: 'test' });
    expect((await api('GET', '/api/V2/group/web/ruleset')).json).toMatchObject({ id: 'g1', state: 'pending' });
    expect((await api('GET', '/api/V2/group/web/hosts')).json).toHaveLength(2);
    expect((await api('GET', '/api/group/web/hosts')).status).toBe(404);
    expect((await api('GET', '/api/V2/group/web')).status).toBe(404);
    for (const sub of ['revisions', 'pin', 'hcl'])
      expect((await api('GET', `/api/V2/group/web/${sub}`)).status, sub).toBe(200);
    expect((await api('GET', '/api/V2/group/web/revisions')).json).toMatchObject({ id: 'g1', group: 'web' });
    for (const called of ['h3', 'key-of-db-1', 'db-1'])
      for (const sub of ['history', 'hcl'])
        expect((await api('GET', `/api/V2/host/${called}/${sub}`)).text, sub).toContain('db-1');
    expect((await api('GET', '/api/V2/host/db-9/history')).json).toMatchObject({
      error: 'not found: host with this id, hostkey or name',
    });
  });
});

describe('the fleet', () => {
  it('is answered by the operations', async () => {
    const { server, api } = await withHosts();
    server.runtime.fleet.drifted = (wanted) => ({ total: 1, converging: 0, hosts: [], ...wanted });
    expect((await api('GET', '/api/V2/drift?group=web&limit=5')).json).toMatchObject({ group: 'web', limit: 5 });
    expect((await api('GET', '/api/V2/drift?limit=none')).status).toBe(400);
    expect((await api('GET', '/api/V2/groups/status')).json).toEqual([]);
    expect((await api('GET', '/api/V2/status')).json).toMatchObject({ well: true, summary: 'all is well' });
  });
});
