import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { type ApiServer, startApiServer } from '../support/api-server.js';
import { client, type Client } from '../support/api-client.js';

const RULE = {
  action: 'ACCEPT',
  active: true,
  comment: 'from the office',
  environments: [],
  group: 'any',
  group_type: 'ANY',
  interface: '',
  log: false,
  log_prefix: '',
  order: 1,
  service: 'any',
  states: ['NEW', 'ESTABLISHED'],
  type: 'BASIC',
};

describe('large and hostile bodies', () => {
  let server: ApiServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  const start = async (api: Parameters<typeof startApiServer>[0] = {}): Promise<Client> => {
    server = await startApiServer({ max_body_bytes: 32 * 1024 * 1024, ...api });
    return client(server.url);
  };

  const send = async (path: string, text: string, method = 'POST') => {
    const answer = await fetch(`${server?.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: text,
      redirect: 'manual',
    });
    return { status: answer.status, json: (await answer.json()) as JsonObject };
  };

  it.each([
    ['values', `{"name":"z","x":[${'1,'.repeat(600_000)}1]}`, 'api.max_body_values'],
    ['nested lists', `{"name":"z","x":[${'[[]],'.repeat(400_000)}[]]}`, 'api.max_body_values'],
    [
      'members',
      `{"name":"z",${Array.from({ length: 25_000 }, (_, i) => `"k${i}":1`).join()}}`,
      'api.max_object_members',
    ],
    ['characters', `{"name":"z","x":"${'x'.repeat(9_000_000)}"}`, 'api.max_body_characters'],
  ])('refuses too many %s in POST and PUT, v1 and v2, and names the key', async (_name, body, key) => {
    const api = await start();
    const { json: made } = await api('POST', '/api/V2/fact', { name: 'f', groups: {} });
    for (const [method, path] of [
      ['POST', '/api/V2/fact'],
      ['POST', '/api/zone'],
      ['PUT', `/api/V2/fact/${made['id'] as string}`],
    ] as const) {
      const { status, json } = await send(path, body, method);
      expect([status, json['code']]).toEqual([413, 'too_complex']);
      expect(json['error']).toContain(key);
    }
  });

  it('takes a zone of 100,000 addresses and a profile of 20,000 rules', async () => {
    await start();
    const addresses = Array.from({ length: 100_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    const zone = await send(
      '/api/V2/zone',
      JSON.stringify({ name: 'z', ipv4_addresses: addresses, ipv6_addresses: [] }),
    );
    // Dialect dog2 would merge them; in dog1 a set does not hold so many.
    expect([zone.status, zone.json['error_type']]).toEqual(
      server?.runtime.dialect() === 'dog2' ? [201, undefined] : [409, 'wrong_size'],
    );
    const rules = { inbound: Array.from({ length: 20_000 }, () => RULE), outbound: [] };
    expect((await send('/api/V2/ruleset', JSON.stringify({ name: 'r', rules }))).status).toBe(201);
    expect((await send('/api/profile', JSON.stringify({ name: 'p', version: '1', rules }))).status).toBe(201);
  });

  it('answers others while it reads a large body, and while it writes the answer', async () => {
    await start();
    const rules = { inbound: Array.from({ length: 20_000 }, () => RULE), outbound: [] };
    const body = JSON.stringify({ name: 'r', rules });
    let large = false;
    const work = send('/api/V2/ruleset', body).finally(() => (large = true));
    let answered = 0;
    while (!large) {
      expect((await fetch(`${server?.url}/livez`)).status).toBe(200);
      answered += 1;
    }
    expect((await work).status).toBe(201);
    // In one go there is room for one or two: before it is read, and beside the store's own writing.
    expect(answered).toBeGreaterThan(5);
  });

  it('answers small writes while large ones are read', async () => {
    const api = await start();
    const order: string[] = [];
    const big = Array.from({ length: 3 }, async (_, i) => {
      await send('/api/V2/fact', `{"name":"f${i}","groups":{},"x":[${'1,'.repeat(400_000)}1]}`);
      order.push('large');
    });
    const small = api('POST', '/api/V2/fact', { name: 'small', groups: {} }).then(() => order.push('small'));
    await Promise.all([...big, small]);
    expect(order[0]).toBe('small');
  });

  it('refuses whole numbers that would come back altered, with their place, and keeps the rest', async () => {
    await start();
    for (const path of ['/api/V2/group', '/api/group']) {
      const { status, json } = await send(path, '{"name":"g","vars":{"ids":[1,9007199254740993]}}');
      expect([status, json['code']]).toEqual([400, 'bad_json']);
      expect(json['error']).toContain('vars.ids[1]');
    }
    const kept = await send('/api/V2/group', '{"name":"g","vars":{"n":9007199254740991,"t":"9007199254740993"}}');
    expect(kept.json['vars']).toEqual({ n: 9007199254740991, t: '9007199254740993' });
  });

  it('compares new rules with many stored ones, all of them faulty', async () => {
    const api = await start({ unknown_references: 'refuse' });
    const faulty = Array.from({ length: 3000 }, (_, i) => ({ ...RULE, order: i, comment: `x\\${i}` }));
    const made = await server?.store.commit(
      [{ op: 'create', table: 'ruleset', doc: { id: 'r', name: 'r', rules: { inbound: faulty, outbound: [] } } }],
      { author: 'test' },
    );
    expect(made?.ok).toBe(true);
    const same = faulty.map(({ order, ...rule }) => ({ order, ...rule }));
    const unchanged = await api('PUT', '/api/V2/ruleset/r', {
      name: 'r',
      rules: { inbound: [...same, RULE], outbound: [] },
    });
    expect(unchanged.status).toBe(303);
    const other = faulty.map((rule) => ({ ...rule, order: -1 - rule.order }));
    const changed = await api('PUT', '/api/V2/ruleset/r', { name: 'r', rules: { inbound: other, outbound: [] } });
    expect([changed.status, (changed.json['faults'] as unknown[]).length]).toEqual([400, 100]);
  });

  it('refuses services and address lists that would take too long to look at', async () => {
    const api = await start();
    const entry = (port: number) => ({ protocol: 'tcp', ports: [`${port}`] });
    const service = (entries: number) => ({
      name: 's',
      version: 1,
      services: Array.from({ length: entries }, (_, i) => entry(i + 1)),
    });
    const large = await api('POST', '/api/V2/service', service(30_000));
    expect([large.status, large.json['error_type']]).toEqual([409, 'wrong_size']);
    const { json: made } = await api('POST', '/api/V2/service', service(900));
    const put = await api('PUT', `/api/V2/service/${made['id'] as string}`, service(30_000));
    expect([put.status, put.json['error_type']]).toEqual([400, 'wrong_size']);
    const list = Array.from({ length: 140_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    const zone = await api('POST', '/api/V2/zone', { name: 'z', ipv4_addresses: list, ipv6_addresses: [] });
    expect([zone.status, zone.json['error_type'], zone.json['value']]).toEqual([409, 'wrong_size', 140_000]);
  });

  it('reads a region of many hyphens once', async () => {
    const api = await start();
    const group = (region: string) => ({ name: 'g', ec2_security_group_ids: [{ region, sgid: 'sg-1' }] });
    const hostile = await api('POST', '/api/V2/group', group(`${'-'.repeat(100_000)}\n`));
    expect([hostile.status, hostile.json['error_type']]).toEqual([409, 'no_match']);
    expect((await api('POST', '/api/V2/group', group('us-test-1'))).status).toBe(201);
  });

  it('compares only the first of many forwarded hosts with an origin', async () => {
    await start();
    const many = Array.from({ length: 1000 }, (_, i) => `h${i}`);
    const ask = (forwarded: readonly string[]) =>
      fetch(`${server?.url}/livez`, { headers: { origin: 'http://me', 'x-forwarded-host': forwarded.join() } });
    expect((await ask([...many.slice(0, 5), 'me'])).status).toBe(200);
    expect((await ask([...many, 'me'])).status).toBe(403);
  });

  it.each(['/livez', '/readyz'])('answers HEAD of %s as GET, without the body', async (path) => {
    await start();
    for (const method of ['HEAD', 'GET']) {
      const answer = await fetch(`${server?.url}${path}`, { method });
      const text = await answer.text();
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
      expect(Number(answer.headers.get('content-length'))).toBe(
        method === 'GET' ? text.length : 13 + 14 * +(path === '/readyz'),
      );
      expect(text === '').toBe(method === 'HEAD');
    }
    const other = await fetch(`${server?.url}${path}`, { method: 'POST' });
    expect([other.status, other.headers.get('allow')]).toEqual([405, 'HEAD, GET']);
  });
});
