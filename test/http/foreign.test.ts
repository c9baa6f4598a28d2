import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../support/api-server.js';

/** Like a browser or curl: headers as given, no others. */
function ask(server: ApiServer, method: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: server.port, method, path, headers, setHost: !('host' in headers) },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

const ZONES = '/api/V2/zones';

describe.each(['none', 'tokens'] as const)('requests of other sites, auth %s', (auth) => {
  let server: ApiServer;
  beforeAll(
    async () => void (server = await startApiServer({ auth, allowed_hosts: ['dog.example', '*.corp.example'] })),
  );
  afterAll(() => server.close());
  const passes = auth === 'none' ? 200 : 401;

  it.each([
    ['GET', ZONES],
    ['POST', '/api/V2/zone'],
    ['POST', '/api/V2/file_transfer/hk'],
    ['GET', '/api/publish?group=g'],
    ['GET', '/readyz'],
  ])('are refused on %s %s', async (method, path) => {
    for (const host of ['evil.example', 'localhost.evil.example:7070', 'corp.example', 'a b', 'evil.example.'])
      expect([host, await ask(server, method, path, { host })]).toEqual([host, 421]);
    for (const headers of [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1:1' },
      { origin: 'http://127.0.0.1' },
      { origin: 'https://dog.example.evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' },
    ])
      expect([headers, await ask(server, method, path, headers)]).toEqual([headers, 403]);
  });

  it('leaves programs, own pages and configured names alone', async () => {
    const own = `127.0.0.1:${server.port}`;
    const all: Record<string, string>[] = [
      {},
      { host: '10.1.2.3' },
      { host: '[fe80::1]:7070' },
      { host: 'LOCALHOST:7070' },
      { host: 'dog.example' },
      { host: 'a.corp.example:80' },
      { origin: `http://${own}` },
      { origin: 'https://dog.example' },
      { origin: 'https://dog.example', 'sec-fetch-site': 'same-site' },
      { origin: 'https://console.test', 'x-forwarded-host': 'console.test' },
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
    ];
    for (const headers of all) expect([headers, await ask(server, 'GET', ZONES, headers)]).toEqual([headers, passes]);
  });
});

describe('the names of a server', () => {
  it('are any where it listens beyond loopback and none are configured', async () => {
    const server = await startApiServer({ host: '0.0.0.0' });
    try {
      expect(await ask(server, 'GET', ZONES, { host: 'upstream.gateway' })).toBe(200);
      expect(await ask(server, 'GET', ZONES, { host: 'x', origin: 'http://evil.example' })).toBe(403);
    } finally {
      await server.close();
    }
  });

  it('include the one that other servers reach it by', async () => {
    const server = await startApiServer({}, { cluster: { url: 'https://dog1.internal:7070' } });
    try {
      expect(await ask(server, 'GET', ZONES, { host: 'dog1.internal:7070' })).toBe(200);
    } finally {
      await server.close();
    }
  });
});
