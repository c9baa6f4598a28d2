import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../support/api-server.js';
import { type Client, client, RULE } from '../support/api-client.js';

describe('writes that lead to what the kernel would refuse', () => {
  let server: ApiServer;
  let call: Client;
  let count = 0;
  const unique = (stem: string) => `${stem}${(count += 1)}`;

  beforeAll(async () => {
    server = await startApiServer();
    call = client(server.url);
  });
  afterAll(() => server.close());

  const zone = (addresses: readonly unknown[], v6: readonly unknown[] = []) => ({
    name: unique('zone'),
    ipv4_addresses: addresses,
    ipv6_addresses: v6,
  });

  describe('addresses', () => {
    it.each([
      ['010.1.1.1', /leading zero/],
      ['999.1.1.1', /999|IPv4/],
      ['1.2.3.4/33', /prefix length/],
      ['', /empty/],
      ['10.0.0.1\ndestroy x', /blank or a control character/],
      ['::1', /other family/],
    ])('IPv4 %j is refused with the element and the reason', async (address, reason) => {
      const { status, json } = await call('POST', '/api/V2/zone', zone(['10.0.0.1', address]));
      expect(status).toBe(409);
      expect(json).toMatchObject({ error: 'data_invalid', path: ['ipv4_addresses', 1], value: address });
      if (json['reason'] !== undefined) expect(json['reason']).toMatch(reason);
      const v1 = await call('POST', '/api/zone', zone(['10.0.0.1', address]));
      expect(v1.status).toBe(400);
      expect(v1.json).toMatchObject({
        error: 'data_invalid',
        path: ['ipv4_addresses', 1],
        reason: expect.stringMatching(reason) as string,
      });
    });

    it.each(['fe80::1%eth0', '2001:db8::1::2', '10.0.0.1'])('IPv6 %j is refused', async (address) => {
      const { status, json } = await call('POST', '/api/V2/zone', zone([], [address]));
      expect([status, json['path']]).toEqual([409, ['ipv6_addresses', 0]]);
    });

    it('comes back as sent where it has a canonical form', async () => {
      const sent = zone(['10.1.2.3/24', '0.0.0.0/0'], ['::ffff:10.0.0.1', '2001:DB8:0:0::1']);
      const { status, json } = await call('POST', '/api/V2/zone', sent);
      expect(status).toBe(201);
      expect(json['ipv4_addresses']).toEqual(['10.1.2.3/24', '0.0.0.0/0']);
      expect(json['ipv6_addresses']).toEqual(['::ffff:10.0.0.1', '2001:db8:0:0::1']);
    });

    it('names every faulty element', async () => {
      const { json } = await call('POST', '/api/V2/zone', zone(['10.0.0.1', '256.10.0.0.1', '10.0.0.1x']));
      expect(json['faults']).toBe(2);
      expect(json['elements']).toMatchObject([{ path: ['ipv4_addresses', 1] }, { path: ['ipv4_addresses', 2] }]);
    });

    it('of a group are checked alike', async () => {
      const group = { name: unique('group'), external_ipv4_addresses: ['010.1.1.1'] };
      const { status, json } = await call('POST', '/api/V2/group', group);
      expect([status, json['path']]).toEqual([409, ['external_ipv4_addresses', 0]]);
    });

    it('that are stored already may stay when something else changes', async () => {
      const doc = { name: unique('old'), ipv4_addresses: ['010.1.1.1'], ipv6_addresses: [] };
      await server.store.commit([{ op: 'create', table: 'zone', doc: { ...doc, id: doc.name } }], { author: 'test' });
      const renamed = await call('PUT', `/api/V2/zone/${doc.name}`, { name: unique('new') });
      expect(renamed.status).toBe(303);
      const added = await call('PUT', `/api/V2/zone/${doc.name}`, {
        name: 'x',
        ipv4_addresses: ['010.1.1.1', '011.1.1.1'],
      });
      expect([added.status, added.json['path']]).toEqual([400, ['ipv4_addresses', 1]]);
    });
  });

  describe('the size of a zone', () => {
    const spread = (length: number) =>
      Array.from({ length }, (_, n) => `10.${(n >> 15) & 255}.${(n >> 7) & 255}.${(n & 127) * 2}`);

    it('is counted after merging', async () => {
      expect((await call('POST', '/api/V2/zone', zone(spread(65_536)))).status).toBe(201);
      const neighbours = spread(65_536).flatMap((ip) => [ip, `${ip}/31`]);
      expect((await call('POST', '/api/V2/zone', zone(neighbours))).status).toBe(201);
      const { status, json } = await call('POST', '/api/V2/zone', zone(spread(65_537)));
      expect([status, json['error_type'], json['path']]).toEqual([409, 'wrong_size', ['ipv4_addresses']]);
      expect(json['reason']).toMatch(/65537 entries .* holds 65536/);
      expect((await call('GET', '/api/V2/zones')).status).toBe(200);
    });

    it('over the limit of a body is 413', async () => {
      // As text, made in a moment: server and client are in this process, and a connection that was kept open goes while it is held.
      const text = `{"name":"large","ipv4_addresses":["10.0.0.1"${',"10.0.0.1"'.repeat(999_999)}],"ipv6_addresses":[]}`;
      const { status, json } = await call('POST', '/api/V2/zone', text);
      expect([status, json['code']]).toEqual([413, 'too_large']);
    });
  });

  describe('names', () => {
    it.each(['a', 'x'.repeat(26), 'A.b-c_9'])('%j is taken for a zone and a group', async (name) => {
      const zoned = await call('POST', '/api/V2/zone', { name, ipv4_addresses: [], ipv6_addresses: [] });
      expect(zoned.status).toBe(201);
      expect((await call('POST', '/api/V2/group', { name })).status).toBe(201);
    });

    it.each([
      'x'.repeat(27),
      'x'.repeat(31),
      'x'.repeat(32),
      'a b',
      'a"b',
      "a'b",
      'a;b',
      'a$(id)',
      'a%n',
      'a\u{1F600}',
      'a\r\nb',
      'q1#a',
      'a/b',
    ])('%j is refused with path and reason, in both versions', async (name) => {
      for (const [path, status] of [
        ['/api/V2/zone', 409],
        ['/api/zone', 400],
      ] as const) {
        const answer = await call('POST', path, { name, ipv4_addresses: [], ipv6_addresses: [] });
        expect([answer.status, answer.json['error'], answer.json['path']]).toEqual([status, 'data_invalid', ['name']]);
      }
      const group = await call('POST', '/api/V2/group', { name });
      expect([group.status, group.json['path']]).toEqual([409, ['name']]);
    });

    it('that are stored already stay, and can be changed to a good one only', async () => {
      const doc = { id: unique('legacy'), name: 'old name with blanks', ipv4_addresses: [], ipv6_addresses: [] };
      await server.store.commit([{ op: 'create', table: 'zone', doc }], { author: 'test' });
      const path = `/api/V2/zone/${doc.id}`;
      expect((await call('PUT', path, { name: doc.name, ipv4_addresses: ['10.0.0.1'] })).status).toBe(303);
      expect((await call('PUT', path, { name: 'another bad' })).status).toBe(400);
      expect((await call('PUT', path, { name: unique('good') })).status).toBe(303);
    });
  });

  describe('rules', () => {
    const ruleset = (...inbound: readonly unknown[]) => ({
      name: unique('rules'),
      rules: { inbound, outbound: [RULE] },
    });
    const service = async (...services: readonly unknown[]) => {
      const { json } = await call('POST', '/api/V2/service', { name: unique('service'), version: 1, services });
      return json['id'] as string;
    };

    it.each([
      ['comment', 'a\n-A INPUT -j ACCEPT'],
      ['comment', 'a\\'],
      ['interface', 'eth0 -j ACCEPT'],
      ['interface', 'x'.repeat(16)],
      ['group', 'no-such-group'],
      ['service', 'no-such-service'],
    ])('%s %j is refused by rule and field', async (field, value) => {
      const rule = { ...RULE, group_type: field === 'group' ? 'ROLE' : 'ANY', [field]: value };
      const { status, json } = await call('POST', '/api/V2/ruleset', ruleset(RULE, rule));
      expect([status, json['error'], json['path']]).toEqual([409, 'data_invalid', ['rules', 'inbound', 1, field]]);
      expect(json['reason']).toEqual(expect.any(String));
    });

    it('with a connection limit on anything but tcp are refused', async () => {
      const udp = await service({ protocol: 'udp', ports: ['53'] });
      const rule = { ...RULE, type: 'CONNLIMIT', conn_limit_above: 5, conn_limit_mask: 32, service: udp };
      const { status, json } = await call('POST', '/api/V2/ruleset', ruleset(rule));
      expect([status, json['path']]).toEqual([409, ['rules', 'inbound', 0, 'service']]);
    });

    it('may go on naming what was deleted, but nothing else that does not exist', async () => {
      const gone = await service({ protocol: 'tcp', ports: ['22'] });
      const made = await call('POST', '/api/V2/ruleset', ruleset({ ...RULE, service: gone }));
      expect(made.status).toBe(201);
      expect((await call('DELETE', `/api/V2/service/${gone}`)).status).toBe(204);
      const path = `/api/V2/ruleset/${made.json['id'] as string}`;
      const rules = { inbound: [RULE, { ...RULE, service: gone, comment: 'moved' }], outbound: [] };
      expect((await call('PUT', path, { name: 'x', rules })).status).toBe(303);
      const other = { inbound: [{ ...RULE, service: 'nothing' }], outbound: [] };
      expect((await call('PUT', path, { name: 'x', rules: other })).status).toBe(400);
    });

    it('that are stored already stay as they are, and can be mended one by one', async () => {
      const bad = { ...RULE, comment: 'a\nb' };
      const doc = { id: unique('legacy'), name: unique('legacy'), rules: { inbound: [bad, bad], outbound: [] } };
      await server.store.commit([{ op: 'create', table: 'ruleset', doc }], { author: 'test' });
      const path = `/api/V2/ruleset/${doc.id}`;
      expect((await call('PUT', path, { name: 'renamed' })).status).toBe(303);
      const half = { inbound: [bad, RULE], outbound: [] };
      expect((await call('PUT', path, { name: 'renamed', rules: half })).status).toBe(303);
      const worse = { inbound: [bad, { ...bad, comment: 'c\nd' }], outbound: [] };
      expect((await call('PUT', path, { name: 'renamed', rules: worse })).status).toBe(400);
    });

    it('that a changed service would break stop the change, by name', async () => {
      const ssh = await service({ protocol: 'tcp', ports: ['22'] });
      const made = await call('POST', '/api/V2/ruleset', ruleset(RULE, { ...RULE, service: ssh }));
      const path = `/api/V2/service/${ssh}`;
      const broken = { name: 'ssh', services: [{ protocol: 'tcp', ports: ['twenty-two'] }] };
      const { status, json } = await call('PUT', path, broken);
      expect([status, json['path'], json['errors']]).toEqual([400, ['services'], { 'in ruleset': [made.json['id']] }]);
      expect(json['faults']).toMatchObject([{ path: ['rules', 'inbound', 1, 'service'] }]);
      expect((await call('PUT', path, { ...broken, services: [{ protocol: 'tcp', ports: ['2222'] }] })).status).toBe(
        303,
      );
      expect((await call('DELETE', `/api/V2/ruleset/${made.json['id'] as string}`)).status).toBe(204);
      expect((await call('PUT', path, broken)).status).toBe(303);
    });
  });
});
