import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { type ApiServer, startApiServer } from '../support/api-server.js';
import { type Client, client } from '../support/api-client.js';

describe('what belongs to no resource', () => {
  let server: ApiServer;
  let call: Client;
  beforeAll(async () => {
    server = await startApiServer();
    call = client(server.url);
  });
  afterAll(() => server.close());

  it('readiness is 503 with reasons; liveness and the health check stay 200', async () => {
    server.runtime.ready = { ready: false, reasons: ['the broker is away'] };
    expect(await call('GET', '/readyz')).toMatchObject({
      status: 503,
      json: { ready: false, reasons: ['the broker is away'] },
    });
    server.runtime.ready = { ready: true, reasons: [] };
    expect((await call('GET', '/readyz')).status).toBe(200);
    expect((await call('GET', '/livez')).status).toBe(200);
    expect((await call('GET', '/api/healthcheck')).text).toBe('{"health":"ok"}');
  });

  it('the actor tree, and a part of it', async () => {
    expect((await call('GET', '/api/V2/actors')).json).toMatchObject({ path: 'dog_trainer' });
    expect((await call('GET', '/api/V2/actors?path=dog_trainer')).status).toBe(200);
    expect((await call('GET', '/api/V2/actors?path=nowhere')).status).toBe(404);
  });

  it('publishing is paused and let go on', async () => {
    const paused = await call('POST', '/api/V2/publishing', { paused: true }, { 'x-consumer-username': 'felix' });
    expect([paused.status, paused.json]).toEqual([200, { author: 'felix', paused: true, since: 1 }]);
    expect((await call('GET', '/api/V2/publishing')).json).toMatchObject({ paused: true });
    expect((await call('POST', '/api/V2/publishing', { paused: 'yes' })).status).toBe(409);
  });

  it('a group is queued by name', async () => {
    expect((await call('GET', '/api/publish?group=web+1')).text).toBe('"ok"');
    expect(server.runtime.published).toEqual(['web 1']);
    expect((await call('GET', '/api/publish?group=')).status).toBe(400);
  });

  it('the state of a group: pending, published, in error with rule and field', async () => {
    const { json } = await call('POST', '/api/V2/group', { name: 'g' });
    const id = json['id'] as string;
    const path = `/api/V2/group/${id}/ruleset`;
    expect((await call('GET', path)).json).toMatchObject({ id, group: 'g', state: 'pending', error: null });
    expect((await call('GET', `/api/group/${id}/iptablesv4`, undefined, { accept: 'text/plain' })).status).toBe(404);
    const output = (more: JsonObject) => {
      const texts = Object.fromEntries(
        ['set4', 'set6', 'unset4', 'unset6'].map((key) => [key, { text: `# ${key}\n`, hash: key }]),
      );
      return {
        id,
        group_name: 'g',
        dialect: 'dog2',
        ...texts,
        compiled_at: 5,
        published_at: null,
        error: null,
        error_at: null,
        ...more,
      };
    };
    const put = (more: JsonObject) =>
      server.store.commit([{ op: 'upsert', table: 'ruleset_output', id, edit: () => output(more) }], {
        author: 'system',
      });
    await put({});
    expect((await call('GET', path)).json).toMatchObject({ state: 'compiled', set4: { hash: 'set4' }, compiled_at: 5 });
    await put({ published_at: 6 });
    expect((await call('GET', path)).json).toMatchObject({ state: 'published', published_at: 6 });
    const error = { direction: 'inbound', index: 2, field: 'comment', reason: 'a line feed' };
    await put({ published_at: 6, error, error_at: 7 });
    expect((await call('GET', path)).json).toMatchObject({
      state: 'error',
      error,
      error_at: 7,
      set6: { text: '# set6\n' },
    });
    expect((await call('GET', '/api/V2/group/none/ruleset')).status).toBe(404);
    for (const [sub, text] of [
      ['iptablesv4', '# unset4\n'],
      ['iptablesv6', '# unset6\n'],
      ['ipsetsv4', '# set4\n'],
      ['ipsetsv6', '# set6\n'],
    ] as const) {
      const answer = await call('GET', `/api/V2/group/${id}/${sub}`, undefined, { accept: 'text/plain' });
      expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([
        200,
        text,
        'text/plain; charset=utf-8',
      ]);
    }
    // What is sent where no rules without sets are made: there is no text to show.
    await put({ unset4: { text: '\n', hash: 'blank' } });
    expect((await call('GET', `/api/V2/group/${id}/iptablesv4`)).status).toBe(404);
  });

  it('refused hosts and drift', async () => {
    const refused = { reason: 'malformed', detail: 'bad report', count: 2, first_at: 1, last_at: 2 } as const;
    server.runtime.refused = [{ hostkey: 'k', id: null, name: '', group: '', ...refused }];
    server.runtime.drifts.set('h', { id: 'h', drifted: ['hash4_ipsets'] });
    expect((await call('GET', '/api/V2/hosts/refused')).json).toMatchObject([{ hostkey: 'k', id: null, ...refused }]);
    expect((await call('GET', '/api/V2/host/h/drift')).json).toEqual({ id: 'h', drifted: ['hash4_ipsets'] });
    expect((await call('GET', '/api/V2/host/none/drift')).status).toBe(404);
    expect((await call('GET', '/api/host/h/drift')).status).toBe(404);
  });

  it('the audit trail pages, newest first, and hides passwords', async () => {
    const zone = { name: 'audited', ipv4_addresses: [], ipv6_addresses: [] };
    const { json } = await call('POST', '/api/V2/zone', zone);
    const id = json['id'] as string;
    for (const n of [1, 2, 3]) await call('PUT', `/api/V2/zone/${id}`, { ...zone, n });
    await call('DELETE', `/api/V2/zone/${id}`);
    const seen: unknown[] = [];
    let next: string | undefined = `/api/V2/audit?resource=zone&id=${id}&limit=2`;
    for (let pages = 0; next !== undefined && pages < 10; pages += 1) {
      const page = await call('GET', next);
      const entries = page.json as unknown as JsonObject[];
      seen.push(
        ...entries.map(({ before, after }) => [
          (before as JsonObject | null)?.['n'],
          (after as JsonObject | null)?.['n'],
        ]),
      );
      next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual([
      [3, undefined],
      [2, 3],
      [1, 2],
      [undefined, 1],
      [undefined, undefined],
    ]);
    for (const query of ['resource=nothing', 'limit=0', 'limit=1001', 'limit=x', 'before=-1']) {
      expect((await call('GET', `/api/V2/audit?${query}`)).status).toBe(400);
    }
    const link = {
      name: 'zz',
      connection_type: 'thumper',
      direction: 'inbound',
      address_handling: 'union',
      enabled: false,
      connection: {
        api_port: 1,
        host: 'h',
        password: 'hunter2',
        ssl_options: {
          cacertfile: 'a',
          certfile: 'b',
          keyfile: 'c',
          fail_if_no_peer_cert: true,
          server_name_indication: 'disable',
          verify: 'verify_peer',
        },
      },
    };
    await call('POST', '/api/V2/link', link);
    const trail = await call('GET', '/api/V2/audit?resource=link');
    expect(trail.text).toContain('"name":"zz"');
    expect(trail.text).not.toContain('hunter2');
    expect((await call('GET', '/api/V2/link?name=zz')).text).toContain('hunter2');
  });
});
