import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../../src/http/access/tokens.js';
import type { JsonObject } from '../../src/model/document.js';
import { client } from '../support/api-client.js';
import { type ApiServer, startApiServer } from '../support/api-server.js';

const LINK = {
  address_handling: 'prefix',
  connection: {
    api_port: 15672,
    host: 'h',
    password: 'hunter2',
    port: 5673,
    ssl_options: {
      cacertfile: '/a',
      certfile: '/b',
      fail_if_no_peer_cert: true,
      keyfile: '/c',
      server_name_indication: 'disable',
      verify: 'verify_peer',
    },
    user: 'dog',
    virtual_host: 'dog',
  },
  connection_type: 'thumper',
  direction: 'inbound',
  enabled: false,
  name: 'q1',
};

describe('the password of a link', () => {
  let server: ApiServer;
  beforeAll(async () => void (server = await startApiServer({ auth: 'tokens' })));
  afterAll(() => server.close());

  it('is shown with the scope write alone, and outlives a PUT of what was shown', async () => {
    const as = async (...scopes: string[]) => {
      const { text } = await createToken(server.store, { name: scopes.join('-'), scopes }, { author: 'r', now: 1 });
      return client(server.url, { authorization: `Bearer ${text}` });
    };
    const [read, both] = [await as('read'), await as('read', 'write')];
    const made = await both('POST', '/api/V2/link', LINK);
    expect([made.status, made.text]).toEqual([201, expect.stringContaining('hunter2')]);
    const at = `/api/V2/link/${made.json['id'] as string}`;
    const paths = [at, at.replace('/V2', ''), '/api/V2/link?name=q1', '/api/V2/links', '/api/links', `${at}/hcl`];
    for (const path of [...paths, '/api/V2/audit']) {
      const { status, text } = await read('GET', path);
      expect([path, status, text.includes('hunter2')]).toEqual([path, 200, false]);
    }
    for (const path of [at, '/api/V2/links', `${at}/hcl`]) expect((await both('GET', path)).text).toContain('hunter2');
    const shown = (await read('GET', at)).json;
    expect((shown['connection'] as JsonObject)['password']).toBe('[redacted]');
    const changed = { ...shown, connection: { ...(shown['connection'] as JsonObject), host: 'h2' } };
    expect((await both('PUT', at, changed)).status).toBe(303);
    expect((await both('GET', at)).json['connection']).toMatchObject({ host: 'h2', password: 'hunter2' });
  });

  it('is never the mark that stands for it: a new link that has it is refused, and so is one that has no password', async () => {
    const { text } = await createToken(server.store, { name: 'w', scopes: ['write'] }, { author: 'r', now: 1 });
    const api = client(server.url, { authorization: `Bearer ${text}` });
    const connection = { ...LINK.connection, password: '[redacted]' };
    for (const [path, status] of [
      ['/api/V2/link', 409],
      ['/api/link', 400],
    ] as const) {
      const refused = await api('POST', path, { ...LINK, name: 'q9', connection });
      expect([refused.status, refused.json['path']]).toEqual([status, ['connection', 'password']]);
    }
  });
});
