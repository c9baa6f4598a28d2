import { gunzipSync } from 'node:zlib';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../support/api-server.js';
import { type Client, client } from '../support/api-client.js';

describe('rules for every route', () => {
  let server: ApiServer;
  let call: Client;
  let id: string;

  beforeAll(async () => {
    server = await startApiServer();
    call = client(server.url);
    const made = await call('POST', '/api/V2/zone', { name: 'a.b', ipv4_addresses: [], ipv6_addresses: [], note: 'ü' });
    id = made.json['id'] as string;
  });
  afterAll(() => server.close());

  /** A request whose path and method go out exactly as given. */
  const raw = (method: string, path: string, headers: http.OutgoingHttpHeaders = {}) =>
    new Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
      const request = http.request({ port: server.port, method, path, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
      request.on('error', reject);
      request.end();
    });

  it.each([
    ['/api/V2/zone/ID/', 200],
    ['/api/V2/zone/ID//', 404],
    ['/api/V2/./zone/../zone/ID', 200],
    ['/api/V2/nothing/%2E%2E/zone/ID', 200],
    ['/%61pi/V2/zone/ID', 200],
    ['/api/v2/zone/ID', 404],
    ['/API/V2/zone/ID', 404],
    ['/api/V2/zone/%zz', 400],
    ['/api/V2/zone/%FF', 400],
    ['/api/V2/zone/a%2Fb', 404],
    [`/api/V2/zone/${'x'.repeat(128)}`, 404],
    [`/api/V2/zone/${'x'.repeat(4000)}`, 404],
    // The console, where it was built; tests of sources have none.
    ['/', process.env['TEST_BUILT'] === '1' ? 200 : 404],
    ['/console/none.js', 404],
    ['/console', 404],
    ['/api', 404],
    ['/..%2f..%2fetc/passwd', 404],
    ['/api/V2/zone?name=a.b&page_no=1&limit=1', 200],
    ['/api/V2/zone?name=a%2eb', 200],
    ['/api/V2/zone?name=%zz', 404],
    ['/api/V2/zone?name=a.b&name=a.b', 404],
    ['/api/zone?name=a.b&name=x', 200],
    ['/api/V2/zone?hostkey=x', 404],
    ['/api/V2/host?name=x&hostkey=x', 404],
  ])('GET %s is %i', async (path, status) => {
    const answer = await raw('GET', path.replace('ID', id));
    expect(answer.status).toBe(status);
    if (status >= 400) expect(JSON.parse(answer.body.toString())).toHaveProperty('error');
  });

  it.each(['HEAD', 'PATCH', 'OPTIONS', 'PROPFIND', 'TRACE'])('%s is 405 with the methods there are', async (method) => {
    const one = await raw(method, `/api/V2/zone/${id}`);
    expect([one.status, one.headers.allow]).toEqual([405, 'GET, POST, PUT, DELETE']);
    const list = await raw(method, '/api/V2/zones');
    expect([list.status, list.headers.allow]).toEqual([405, 'GET']);
    expect((await raw(method, '/api/V2/nothing')).status).toBe(404);
  });

  it.each([
    [undefined, 200, 'application/json'],
    ['*/*', 200, 'application/json'],
    ['application/*', 200, 'application/json'],
    ['application/json, text/plain, */*', 200, 'application/json'],
    ['text/plain', 200, 'application/json'],
    ['application/json;q=0.5, text/html', 200, 'application/json'],
    ['APPLICATION/JSON;charset="utf-8"', 200, 'application/json'],
    ['text/html', 406, 'application/json'],
    ['application/json;q=0', 406, 'application/json'],
    ['nonsense', 400, 'application/json'],
    ['application/json;q=2', 400, 'application/json'],
  ])('Accept %s is %i', async (accept, status, type) => {
    const answer = await raw('GET', `/api/V2/zone/${id}`, accept === undefined ? {} : { accept });
    expect([answer.status, answer.headers['content-type']]).toEqual([status, type]);
  });

  it('of two types with equal weight the later one wins where there is a text', async () => {
    const made = await call('POST', '/api/profile', { rules: { inbound: [], outbound: [] }, name: 'accept-ties' });
    const path = `/api/profile/${made.json['id'] as string}`;
    const typeOf = async (accept: string) => (await raw('GET', path, { accept })).headers['content-type'];
    expect(await typeOf('application/json, text/plain, */*')).toMatch(/^text\/plain/);
    expect(await typeOf('text/plain, application/json')).toBe('application/json');
    expect(await typeOf('application/json')).toBe('application/json');
    expect(await typeOf('*/*')).toBe('application/json');
  });

  it('lists offer JSON only', async () => {
    expect((await raw('GET', '/api/V2/zones', { accept: 'text/plain' })).status).toBe(406);
  });

  it.each([
    ['application/json', 409],
    ['APPLICATION/json; charset=utf-8', 409],
    ['text/plain', 415],
    ['application/jsonx', 415],
    ['', 415],
  ])('a body typed %j is %i', async (type, status) => {
    const { status: got, json } = await call('POST', '/api/V2/zone', '{"name":"x"}', { 'content-type': type });
    expect(got).toBe(status);
    expect(json).toHaveProperty('error');
  });

  it('looks at the type of a v2 POST first, of a PUT and a v1 POST last', async () => {
    const type = { 'content-type': 'text/plain' };
    expect((await call('POST', '/api/V2/zone', '{', type)).status).toBe(415);
    expect((await call('POST', '/api/zone', '{', type)).status).toBe(400);
    expect((await call('PUT', `/api/V2/zone/${id}`, '{', type)).status).toBe(400);
    expect((await call('PUT', `/api/V2/zone/${id}`, '{}', type)).status).toBe(415);
  });

  it.each([
    ['nothing', ''],
    ['{', '{'],
    ['[]', '[]'],
    ['"x"', '"x"'],
    ['1', '1'],
    ['null', 'null'],
    ['{} x', '{} x'],
    ['{"name":1e999}', '{"name":1e999}'],
    ['5,000 open objects', '{"a":'.repeat(5000)],
    ['a zero byte', '\u0000'],
  ])('a body of %s is 400 with an error', async (_name, body) => {
    for (const [method, path] of [
      ['POST', '/api/V2/zone'],
      ['POST', '/api/zone'],
      ['PUT', `/api/V2/zone/${id}`],
    ] as const) {
      const answer = await call(method, path, body);
      expect([answer.status, answer.json['code']]).toEqual([400, 'bad_json']);
    }
  });

  it('a body that is no UTF-8 is 400', async () => {
    const response = await fetch(`${server.url}/api/V2/zone`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    });
    expect(response.status).toBe(400);
  });

  it('compresses bodies of 300 bytes and more for those who take it', async () => {
    const note = 'n'.repeat(400);
    const made = await call('POST', '/api/V2/zone', { name: 'long', ipv4_addresses: [], ipv6_addresses: [], note });
    const path = `/api/V2/zone/${made.json['id'] as string}`;
    const zipped = await raw('GET', path, { 'accept-encoding': 'gzip, deflate' });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(JSON.parse(gunzipSync(zipped.body).toString())).toMatchObject({ note });
    expect((await raw('GET', path)).headers['content-encoding']).toBeUndefined();
    expect((await raw('GET', path, { 'accept-encoding': 'gzip;q=0' })).headers['content-encoding']).toBeUndefined();
    const short = await raw('GET', `/api/V2/zone/${id}`, { 'accept-encoding': 'gzip' });
    expect(short.headers['content-encoding']).toBeUndefined();
  });

  it('answers compact JSON with keys in alphabetical order', async () => {
    const { body } = await raw('GET', `/api/V2/zone/${id}`);
    expect(body.toString()).toBe(`{"id":"${id}","ipv4_addresses":[],"ipv6_addresses":[],"name":"a.b","note":"ü"}`);
  });

  it('refuses parameters that mean nothing, and takes false for absent', async () => {
    for (const path of [
      'hosts?active=maybe',
      'hosts?active=',
      'profiles?active=1',
      'rulesets?names=yes',
      'rulesets?active=no',
    ]) {
      const { status, json } = await call('GET', `/api/V2/${path}`);
      expect([path, status, json['code']]).toEqual([path, 400, 'bad_parameter']);
    }
    for (const path of [
      'hosts?active=false',
      'rulesets?names=false&active=true',
      'rulesets?active=false',
      'zones?active=maybe',
    ]) {
      expect((await call('GET', `/api/V2/${path}`)).status).toBe(200);
    }
  });

  it('an id of the client is kept, a taken one is 409, one that no path can name is refused', async () => {
    const zone = { name: 'own', ipv4_addresses: [], ipv6_addresses: [] };
    const made = await call('POST', '/api/V2/zone', { ...zone, id: 'my id/1' });
    expect([made.status, made.json['id'], made.headers.get('location')]).toEqual([
      201,
      'my id/1',
      '/api/V2/zone/my%20id%2F1',
    ]);
    expect((await call('GET', '/api/V2/zone/my%20id%2F1')).status).toBe(200);
    expect((await call('POST', '/api/V2/zone', { ...zone, name: 'other', id: 'my id/1' })).status).toBe(409);
    for (const bad of [1, '', '..', 'x'.repeat(128), 'a\nb', '\ud800']) {
      const { status, json } = await call('POST', '/api/V2/zone', { ...zone, name: 'other', id: bad });
      expect([status, json['path']]).toEqual([409, ['id']]);
    }
  });

  it('never logs a query, a body or a header', () => {
    const text = JSON.stringify(server.lines);
    expect(server.lines.length).toBeGreaterThan(50);
    expect(text).not.toMatch(/page_no|ipv4_addresses|charset/);
    expect(server.lines.at(-1)).toEqual({
      level: 'info',
      request: expect.any(Number) as number,
      method: expect.any(String) as string,
      path: expect.any(String) as string,
      status: expect.any(Number) as number,
      ms: expect.any(Number) as number,
      author: 'anonymous',
      msg: 'request',
    });
    expect(server.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
