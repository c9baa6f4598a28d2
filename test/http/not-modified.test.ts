import { afterAll, beforeAll, expect, it } from 'vitest';
import { client } from '../support/api-client.js';
import { type ApiServer, startApiServer } from '../support/api-server.js';

let server: ApiServer;
beforeAll(async () => void (server = await startApiServer()));
afterAll(() => server.close());

it('answers 304 to a client that has the document already', async () => {
  const call = client(server.url);
  const zone = { name: 'z', ipv4_addresses: [], ipv6_addresses: [] };
  const made = await call('POST', '/api/V2/zone', zone);
  const at = made.headers.get('location') as string;
  const tag = made.headers.get('etag') as string;
  for (const header of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
    const { status, text, headers } = await call('GET', at, undefined, { 'if-none-match': header });
    expect([header, status, text, headers.get('etag')]).toEqual([header, 304, '', tag]);
  }
  for (const header of ['"x"', 'junk', `${'"x",'.repeat(2000)}"y"`])
    expect((await call('GET', at, undefined, { 'if-none-match': header })).status).toBe(200);
  await call('PUT', at, { ...zone, ipv4_addresses: ['10.0.0.1'] });
  expect((await call('GET', at, undefined, { 'if-none-match': tag })).status).toBe(200);
});

it('says of a weak tag why it does not match', async () => {
  const call = client(server.url);
  const zone = { name: 'weak', ipv4_addresses: [], ipv6_addresses: [] };
  const made = await call('POST', '/api/V2/zone', zone);
  const tag = made.headers.get('etag') as string;
  const at = made.headers.get('location') as string;
  const { status, json } = await call('PUT', at, zone, { 'if-match': `W/${tag}` });
  expect(status).toBe(412);
  expect(json['error']).toBe(
    `the document is at revision ${tag}, which if-match (W/${tag}) does not name; weak tags (W/) never match`,
  );
});
