import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Document, Json, JsonObject, Resource } from '../../src/model/document.js';
import { declarationOf } from '../../src/resources/resources.js';
import { type ApiServer, startApiServer } from '../support/api-server.js';
import { type Client, client, RULE } from '../support/api-client.js';

/** The least that each resource takes; `n` makes names of their own. */
const LEAST: Readonly<Record<Resource, (n: number) => JsonObject>> = {
  assertion: (n) => ({ name: `a${n}`, from: 'any', to: '10.0.0.1', protocol: 'tcp', expect: 'refuse', mode: 'warn' }),
  external: (n) => ({ name: two(n), v4: { groups: {}, zones: {} }, v6: { groups: {}, zones: {} } }),
  fact: (n) => ({ name: `f${n}`, groups: { all: { vars: {}, hosts: {}, children: [] } } }),
  group: (n) => ({ name: `g${n}` }),
  host: (n) => ({ name: `h${n}`, hostkey: `hostkey-${n}`, group: '', environment: '*', location: '*' }),
  link: (n) => ({
    name: two(n),
    connection_type: 'thumper',
    direction: 'inbound',
    address_handling: 'union',
    enabled: false,
    connection: {
      api_port: 1,
      host: 'h',
      password: 'p',
      ssl_options: {
        cacertfile: 'a',
        certfile: 'b',
        keyfile: 'c',
        fail_if_no_peer_cert: true,
        server_name_indication: 'disable',
        verify: 'verify_peer',
      },
    },
  }),
  profile: (n) => ({ name: `p${n}` }),
  ruleset: (n) => ({ name: `r${n}`, rules: { inbound: [RULE], outbound: [RULE] } }),
  service: (n) => ({ name: `s${n}`, version: 1, services: [{ protocol: 'tcp', ports: ['22'] }] }),
  zone: (n) => ({ name: `z${n}`, ipv4_addresses: [], ipv6_addresses: [] }),
};
function two(n: number) {
  return String.fromCharCode(97 + (Math.floor(n / 26) % 26), 97 + (n % 26));
}
const RESOURCES = Object.keys(LEAST) as Resource[];

describe('documents', () => {
  let server: ApiServer;
  let call: Client;
  let count = 0;
  const least = (resource: Resource) => LEAST[resource]((count += 1));

  beforeAll(async () => {
    server = await startApiServer();
    call = client(server.url);
  });
  afterAll(() => server.close());

  describe.each(RESOURCES)('%s', (resource) => {
    const path = `/api/V2/${resource}`;

    it('keeps unknown fields untouched, lists in order, whole numbers whole, over a create and an update', async () => {
      const values = fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes('__proto__'));
      await fc.assert(
        fc.asyncProperty(values, fc.array(fc.maxSafeInteger()), async (value, numbers) => {
          const extra = {
            x_value: JSON.parse(JSON.stringify(value)) as Json,
            x_numbers: numbers,
            x_order: ['b', 'a', 'c'],
          };
          const sent: JsonObject = { ...least(resource), ...extra };
          const made = await call('POST', path, sent);
          expect(made.status).toBe(201);
          const id = made.json['id'] as string;
          const read = await call('GET', `${path}/${id}`);
          expect(read.json).toMatchObject(JSON.parse(JSON.stringify(extra)) as JsonObject);
          expect(read.text).toContain(`"x_numbers":[${numbers.map((n) => (Object.is(n, -0) ? 0 : n)).join(',')}]`);
          const put = await call('PUT', `${path}/${id}`, { name: sent['name'], x_more: 1 });
          expect([put.status, put.json['x_order'], put.json['x_more']]).toEqual([303, extra.x_order, 1]);
          expect(put.json['x_value']).toEqual(extra.x_value);
          expect((await call('DELETE', `${path}/${id}`)).status).toBe(204);
        }),
        { numRuns: 5 },
      );
    });

    it('has a revision: a stale If-Match is 412 and writes nothing, old clients never notice', async () => {
      const made = await call('POST', path, least(resource));
      const one = `${path}/${made.json['id'] as string}`;
      const name = made.json['name'];
      const tag = made.headers.get('etag') as string;
      expect(tag).toMatch(/^"\d+"$/);
      expect((await call('GET', one)).headers.get('etag')).toBe(tag);
      const first = await call('PUT', one, { name, by: 'first' }, { 'if-match': tag });
      expect(first.status).toBe(303);
      const second = await call('PUT', one, { name, by: 'second' }, { 'if-match': tag });
      expect([second.status, second.json['code']]).toEqual([412, 'stale']);
      expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
      expect((await call('DELETE', one, undefined, { 'if-match': tag })).status).toBe(412);
      expect((await call('GET', one)).json['by']).toBe('first');
      expect((await call('PUT', one, { name }, { 'if-match': 'nonsense' })).status).toBe(400);
      expect((await call('PUT', one, { name }, { 'if-match': '*' })).status).toBe(303);
      expect((await call('PUT', one, { name, by: 'third' })).status).toBe(303);
      expect((await call('DELETE', one)).status).toBe(204);
    });

    it('answers unknown ids, bad ids in bodies and nameless bodies with 4xx in both versions', async () => {
      for (const base of declarationOf(resource).onlyInV2 ? ['/api/V2'] : ['/api', '/api/V2']) {
        const at = `${base}/${resource}`;
        const body: JsonObject = { ...least(resource), rules: { inbound: [], outbound: [] } };
        expect((await call('GET', `${at}/none`)).status).toBe(404);
        expect((await call('GET', at)).status).toBe(404);
        expect((await call('DELETE', `${at}/none`)).status).toBe(404);
        expect((await call('DELETE', at)).status).toBe(404);
        const unknown = await call('PUT', `${at}/none`, body);
        expect([unknown.status, unknown.json['error']]).toEqual([400, 'notfound']);
        expect((await call('PUT', at, body)).status).toBe(400);
        const made = await call('POST', `${at}/%7Bid%7D?inplace=True`, body);
        expect(made.status).toBe(201);
        const one = `${at}/${made.json['id'] as string}`;
        const moved = await call('PUT', one, { ...body, id: 'other' });
        expect([moved.status, moved.json['error']]).toEqual([400, 'no_updated']);
        const { name: _name, ...nameless } = body;
        expect((await call('PUT', one, nameless)).status).toBe(400);
        for (const name of [null, {}, 1]) {
          expect((await call('PUT', one, { ...body, name })).status).toBe(400);
          expect((await call('POST', at, { ...body, name })).status).toBe(base === '/api' ? 400 : 409);
        }
        expect((await call('POST', at, nameless)).status).toBe(base === '/api' ? 400 : 409);
        expect((await call('PUT', `${one}?inplace=True`, body)).status).toBe(303);
        expect((await call('DELETE', one)).status).toBe(204);
      }
    });
  });

  it('an update that changes nothing writes nothing', async () => {
    const made = await call('POST', '/api/V2/group', least('group'));
    const one = `/api/V2/group/${made.json['id'] as string}`;
    const again = await call('PUT', one, { name: made.json['name'] });
    expect([again.status, again.headers.get('etag')]).toEqual([303, made.headers.get('etag')]);
    expect((await call('GET', `/api/V2/audit?id=${made.json['id'] as string}`)).json).toHaveLength(1);
  });

  it('v2 takes two profiles, and two hosts, of one name, but not two of anything else', async () => {
    for (const resource of RESOURCES) {
      const body = least(resource);
      expect((await call('POST', `/api/V2/${resource}`, body)).status).toBe(201);
      const other = resource === 'host' ? { ...body, hostkey: 'another-hostkey' } : body;
      const twin = await call('POST', `/api/V2/${resource}`, other);
      if (resource === 'profile' || resource === 'host') expect(twin.status).toBe(201);
      else expect([resource, twin.status, twin.json['error']]).toEqual([resource, 409, 'Object exists']);
    }
  });

  it.each([
    ['v2', '/api/V2/zone', 409],
    ['v1', '/api/zone', 303],
  ])('1,000 concurrent creates of one zone make exactly one document in %s', async (version, path, refusal) => {
    const name = `race-${version}`;
    const zone = { name, ipv4_addresses: [], ipv6_addresses: [] };
    const statuses = await Promise.all(
      Array.from({ length: 1000 }, async () => (await call('POST', path, zone)).status),
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === refusal)).toHaveLength(999);
    expect(await server.store.find('zone', 'name', name)).toHaveLength(1);
  });

  it('concurrent creates of one v1 profile make one profile and one ruleset', async () => {
    const body = { name: 'race-profile', rules: { inbound: [RULE], outbound: [] } };
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async () => (await call('POST', '/api/profile', body)).status),
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 303)).toHaveLength(49);
    expect(await server.store.find('ruleset', 'name', body.name)).toHaveLength(1);
  });

  it('a v1 profile has a tag for both of its documents', async () => {
    const body = { name: 'tagged', rules: { inbound: [RULE], outbound: [] } };
    const made = await call('POST', '/api/profile', body);
    const one = `/api/profile/${made.json['id'] as string}`;
    const tag = made.headers.get('etag') as string;
    const [ruleset] = await server.store.find('ruleset', 'name', 'tagged');
    await call('PUT', `/api/V2/ruleset/${ruleset?.doc.id ?? ''}`, { name: 'tagged', note: 1 });
    expect((await call('PUT', one, body, { 'if-match': tag })).status).toBe(412);
    const fresh = (await call('GET', one)).headers.get('etag') as string;
    expect((await call('PUT', one, body, { 'if-match': fresh })).status).toBe(303);
    expect((await call('DELETE', one, undefined, { 'if-match': tag })).status).toBe(412);
  });

  it('built-in groups and services are read, never written', async () => {
    const all = await call('GET', '/api/V2/group/all-active');
    expect(Object.keys(all.json)).toEqual([
      'external_ipv4_addresses',
      'external_ipv6_addresses',
      'id',
      'internal_ipv4_addresses',
      'internal_ipv6_addresses',
      'name',
    ]);
    expect((await call('GET', '/api/V2/group/internal-active')).json).not.toHaveProperty('external_ipv4_addresses');
    expect((await call('GET', '/api/V2/group/external-active')).json).not.toHaveProperty('internal_ipv4_addresses');
    expect((await call('GET', '/api/V2/group/any')).json).not.toHaveProperty('id');
    expect((await call('GET', '/api/V2/group?name=any')).status).toBe(404);
    expect((await call('GET', '/api/V2/service?name=any')).status).toBe(404);
    expect((await call('GET', '/api/V2/group/self/ips')).json).toEqual([]);
    expect((await call('GET', '/api/V2/group/all-active/nothing')).status).toBe(404);
    for (const id of ['all-active', 'self', 'internal-active', 'external-active', 'any']) {
      expect((await call('PUT', `/api/V2/group/${id}`, { name: 'x' })).status).toBe(400);
      expect((await call('DELETE', `/api/V2/group/${id}`)).status).toBe(409);
      expect((await call('POST', '/api/V2/group', { name: `n-${id}`, id })).status).toBe(409);
      expect(await server.store.get('group', id)).toBeUndefined();
    }
    expect((await call('DELETE', '/api/V2/service/any')).status).toBe(409);
  });
});

describe('documents that break nothing but themselves', () => {
  let server: ApiServer;
  let call: Client;

  beforeAll(async () => {
    server = await startApiServer();
    call = client(server.url);
    const rows: [Resource, Document][] = [
      ['host', { id: 'h1', name: 'h1', hostkey: 'k1', group: 'g', active: 'active', interfaces: '{not json' }],
      ['host', { id: 'h2', name: 'h2', hostkey: 'k2', group: 'g', active: 'active' }],
      [
        'host',
        { id: 'h3', name: 3, hostkey: {}, group: 7, active: 'active', interfaces: '{"e":["10.0.0.3",5,null],"x":7}' },
      ],
      [
        'host',
        {
          id: 'h4',
          name: 'h4',
          hostkey: 'k4',
          group: 'g',
          active: 'active',
          interfaces: '{"e":["10.0.0.4","nonsense"]}',
        },
      ],
      ['host', { id: 'h5', active: 'active', interfaces: '[]' }],
      ['group', { id: 'g1', name: 'g' }],
      ['group', { id: 'g2' }],
      [
        'group',
        { id: 'g3', name: 'g3', external_ipv4_addresses: 'x', external_ipv6_addresses: [1, 'fd00::1', 'junk'] },
      ],
      ['zone', { id: 'z1', name: 'z1', ipv6_addresses: [] }],
      ['zone', { id: 'z2', ipv4_addresses: 7 }],
      ['zone', { id: 'z3', name: 'z3', ipv4_addresses: ['10.3.3.3', 4], ipv6_addresses: ['fd00::3'] }],
      ['ruleset', { id: 'r1', name: 'r1' }],
      [
        'ruleset',
        {
          id: 'r2',
          name: 'r2',
          rules: { inbound: [{}, 7, null, { group_type: 'ZONE', group: 'gone' }], outbound: 'x' },
        },
      ],
      [
        'ruleset',
        {
          id: 'r3',
          name: 'r3',
          rules: { inbound: [{ ...RULE, group_type: 'ZONE', group: 'z3', service: 'gone' }], outbound: [] },
        },
      ],
      ['external', { id: 'e1', name: 'e1', state: 'active' }],
      ['profile', { id: 'p1', name: 'p1', ruleset_id: 7 }],
      ['service', { id: 's1', services: null }],
    ] as [Resource, Document][];
    await server.store.commit(
      rows.map(([table, doc]) => ({ op: 'create', table, doc })),
      { author: 'test' },
    );
  });
  afterAll(() => server.close());

  it('every list and view answers', async () => {
    const lists = ['externals', 'facts', 'groups', 'hosts', 'links', 'profiles', 'rulesets', 'services', 'zones'];
    const paths = [
      ...lists.flatMap((list) => [`/api/${list}`, `/api/V2/${list}`]),
      '/api/V2/hosts?active=true',
      '/api/V2/profiles?active=true',
      '/api/V2/rulesets?names=true',
      '/api/V2/rulesets?names=true&active=true',
      '/api/hosts/names',
      '/api/V2/hosts/names',
      '/api/V2/hosts/hostkeys',
      '/api/V2/zones/ips',
      '/api/V2/ipsets',
      '/api/V2/group/all-active',
      ...['ips', 'internal_ips', 'external_ips', 'hosts', 'ec2_security_group_ids', 'hcl', 'ruleset'].flatMap((sub) =>
        ['g1', 'g2', 'g3'].map((id) => `/api/V2/group/${id}/${sub}`),
      ),
      ...['r1', 'r2', 'r3'].map((id) => `/api/V2/ruleset/${id}/hcl`),
      '/api/V2/service/s1/hcl',
      '/api/profile/p1',
    ];
    for (const path of paths) expect([path, (await call('GET', path)).status]).toEqual([path, 200]);
  });

  it('the sound parts of their neighbours are there', async () => {
    expect((await call('GET', '/api/V2/hosts/names')).json).toEqual({
      '10.0.0.3': 3,
      '10.0.0.4': 'h4',
      nonsense: 'h4',
    });
    expect((await call('GET', '/api/V2/zones/ips')).json).toEqual(['10.3.3.3', 'fd00::3']);
    expect((await call('GET', '/api/V2/group/g1/ips')).json).toEqual(['10.0.0.4/32']);
    expect((await call('GET', '/api/V2/ipsets')).json).toMatchObject({
      ipsets: {
        name: 'qa',
        v4: {
          groups: { g: ['10.0.0.4/32'], 'all-active': ['10.0.0.3/32', '10.0.0.4/32'], self: [] },
          zones: { z1: [], z3: ['10.3.3.3/32'] },
        },
        v6: { groups: { g3: ['fd00::1/128'] } },
      },
    });
    const named = (await call('GET', '/api/V2/rulesets?names=true')).json as unknown as JsonObject[];
    expect(named.find(({ id }) => id === 'r3')).toMatchObject({
      rules: { inbound: [{ group: 'z3', service: 'gone' }] },
    });
    expect(named.find(({ id }) => id === 'r2')).toMatchObject({ rules: { inbound: [{}, 7, null, { group: 'gone' }] } });
  });

  it('deletions that look for users are not led astray', async () => {
    expect((await call('DELETE', '/api/zone/z1')).status).toBe(204);
    expect((await call('DELETE', '/api/group/g3')).status).toBe(204);
    expect((await call('DELETE', '/api/V2/ruleset/r1')).status).toBe(204);
    expect((await call('DELETE', '/api/profile/p1')).status).toBe(204);
    expect(server.lines.filter(({ status }) => Number(status) >= 500)).toEqual([]);
  });
});
