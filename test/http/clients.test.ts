import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { type ApiServer, startApiServer } from '../support/api-server.js';
import { RULE } from '../support/api-client.js';

/** One flow a client, with the headers and bodies that it sends (docs/http-api.md#clients-in-the-field). */
describe('the clients in the field', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer();
  });
  afterAll(() => server.close());

  /** A client's calls: `followed` as its library follows a 303, by GET with the same headers. */
  const caller =
    (headers: Readonly<Record<string, string>>, query = '') =>
    async (method: string, path: string, body?: unknown, follow = false) => {
      const response = await fetch(server.url + path + (method === 'GET' || method === 'DELETE' ? query : ''), {
        method,
        headers,
        redirect: follow ? 'follow' : 'manual',
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const json = text === '' ? null : (JSON.parse(text) as JsonObject);
      return { status: response.status, location: response.headers.get('location'), json, text };
    };

  it('dog_park (axios): makes a profile, a zone and a group, edits, is refused with ids, cleans up', async () => {
    const axios = caller({ accept: 'application/json', 'content-type': 'application/json' });
    const rules = { inbound: [{ ...RULE, environments: null }], outbound: [RULE] };
    const idIn = (location: string | null, resource: string) =>
      new RegExp(`/api/${resource}/(.+)`).exec(location ?? '')?.[1] ?? '';

    const profile = await axios('POST', '/api/profile', { name: 'web', rules, docker: false });
    expect([profile.status, profile.location?.startsWith('/api/profile/')]).toEqual([201, true]);
    const profileId = idIn(profile.location, 'profile');
    expect((await axios('GET', `/api/profile/${profileId}`)).json).toMatchObject({
      id: profileId,
      name: 'web',
      docker: false,
      rules,
    });

    const zone = await axios('POST', '/api/zone', { name: 'office', ipv4_addresses: [], ipv6_addresses: [] });
    const zoneId = idIn(zone.location, 'zone');
    const group = await axios('POST', '/api/group', { name: 'web', profile_name: 'web', profile_version: 'latest' });
    expect(group.status).toBe(201);
    const groupId = idIn(group.location, 'group');
    const saved = await axios(
      'PUT',
      `/api/group/${groupId}`,
      { name: 'web', profile_name: 'web', profile_id: profileId },
      true,
    );
    expect([saved.status, saved.json?.['id'], saved.json?.['profile_id']]).toEqual([200, groupId, profileId]);

    const inbound = [{ ...RULE, group_type: 'ZONE', group: zoneId }];
    const edited = await axios(
      'PUT',
      `/api/profile/${profileId}`,
      { name: 'web', docker: true, rules: { inbound, outbound: [] } },
      true,
    );
    expect([edited.status, edited.json?.['id'], edited.json?.['docker']]).toEqual([200, profileId, true]);
    expect(
      (
        await axios(
          'PUT',
          `/api/zone/${zoneId}`,
          { name: 'office', ipv4_addresses: ['10.0.0.1'], ipv6_addresses: [] },
          true,
        )
      ).status,
    ).toBe(200);
    const service = await axios('POST', '/api/service', {
      name: 'ssh',
      services: [{ protocol: 'tcp', ports: ['22'] }],
      version: 1,
    });
    const serviceId = idIn(service.location, 'service');
    const changed = await axios(
      'PUT',
      `/api/service/${serviceId}`,
      { name: 'ssh', services: [{ protocol: 'tcp', ports: ['22', '2222'] }] },
      true,
    );
    expect([changed.status, changed.json?.['version']]).toEqual([200, 1]);

    for (const list of ['externals', 'groups', 'hosts', 'profiles', 'services', 'zones', 'links']) {
      const { status, json } = await axios('GET', `/api/${list}`);
      expect(status).toBe(200);
      for (const item of json as unknown as JsonObject[]) expect(typeof item['name']).toBe('string');
    }
    expect((await axios('GET', '/api/services')).text).not.toContain('"any"');
    expect((await axios('GET', `/api/group/${groupId}/hosts`)).json).toEqual([]);
    expect((await axios('GET', `/api/group/${groupId}/ec2_security_group_ids`)).json).toEqual([]);
    expect((await axios('GET', '/api/group?name=nothing')).status).toBe(404);
    const hcl = await fetch(`${server.url}/api/profile/${profileId}/hcl`, { headers: { accept: 'text/plain' } });
    expect([hcl.status, (await hcl.text()).includes('group = dog_zone.office.id')]).toEqual([200, true]);

    expect((await axios('DELETE', `/api/zone/${zoneId}`)).json).toMatchObject({
      errors: { 'in active profile': [profileId] },
    });
    const refused = await axios('DELETE', `/api/profile/${profileId}`);
    expect([refused.status, refused.json?.['errors']]).toEqual([500, { 'associated with group': [groupId] }]);
    for (const path of [`group/${groupId}`, `profile/${profileId}`, `zone/${zoneId}`, `service/${serviceId}`]) {
      const gone = await axios('DELETE', `/api/${path}`);
      expect([path, gone.status, gone.text]).toEqual([path, 204, '']);
    }
  });

  it('Go client and Terraform: whole documents back, no paging, types that its structs take', async () => {
    const go = caller(
      {
        authorization: 'Bearer TOKEN',
        accept: 'application/json',
        'content-type': 'application/json',
        'user-agent': 'dog_go_api_0123abc',
      },
      '?page_no=1&limit=1',
    );
    const ids: string[] = [];
    for (const n of [1, 2, 3]) {
      const sent = {
        hostkey: `go-hostkey-${n}`,
        name: `go${n}`,
        group: 'go',
        environment: '*',
        location: '*',
        vars: { b: 1, a: [2] },
        alert_enable: false,
      };
      const { status, json } = await go('POST', '/api/V2/host', sent);
      expect([status, json]).toEqual([201, expect.objectContaining(sent)]);
      ids.push(json?.['id'] as string);
    }
    for (const query of ['&active=false', '']) {
      const list = await caller({}, `?page_no=1&limit=1${query}`)('GET', '/api/V2/hosts');
      expect((list.json as unknown as JsonObject[]).filter(({ group }) => group === 'go')).toHaveLength(3);
    }
    const updated = await go(
      'PUT',
      `/api/V2/host/${ids[0] ?? ''}`,
      { hostkey: 'go-hostkey-1', name: 'go1', group: 'go', environment: '*', location: '*' },
      true,
    );
    expect(updated.status).toBe(200);
    expect(updated.json).not.toHaveProperty('vars');
    for (const id of ids) expect((await go('DELETE', `/api/V2/host/${id}`)).status).toBe(204);

    const profile = await go('POST', '/api/V2/profile', { name: 'tf', version: '1.0' });
    const profileId = profile.json?.['id'] as string;
    const service = await go('POST', '/api/V2/service', {
      name: 'tf',
      version: 1,
      services: [{ protocol: 'tcp', ports: ['443', '80'] }],
    });
    const zone = await go('POST', '/api/V2/zone', {
      name: 'tf',
      ipv4_addresses: ['10.0.0.2', '10.0.0.1'],
      ipv6_addresses: [],
    });
    const [serviceId, zoneId] = [service.json?.['id'] as string, zone.json?.['id'] as string];
    expect([service.json?.['version'], zone.json?.['ipv4_addresses']]).toEqual([1, ['10.0.0.2', '10.0.0.1']]);
    const rules = {
      inbound: [{ ...RULE, service: serviceId, group: zoneId, group_type: 'ZONE', environments: [], order: 0 }],
      outbound: [RULE],
    };
    const ruleset = await go('POST', '/api/V2/ruleset', { name: 'tf', profile_id: profileId, rules });
    expect([ruleset.status, ruleset.json?.['rules']]).toEqual([201, rules]);
    const moved = await go(
      'PUT',
      `/api/V2/ruleset/${ruleset.json?.['id'] as string}`,
      { name: 'tf', profile_id: '123', rules },
      true,
    );
    expect([moved.status, moved.json?.['profile_id'], moved.json?.['rules']]).toEqual([200, '123', rules]);
    const fact = {
      name: 'tf',
      groups: { all: { vars: { z: '1', a: '2' }, hosts: { h: { k: 'v' } }, children: ['b', 'a'] } },
    };
    const made = await go('POST', '/api/V2/fact', fact);
    expect([made.status, made.json]).toEqual([201, expect.objectContaining(fact)]);
    // Terraform deletes in its own order: zones and services that rules name go all the same.
    for (const path of [
      `zone/${zoneId}`,
      `service/${serviceId}`,
      `profile/${profileId}`,
      `ruleset/${ruleset.json?.['id'] as string}`,
      `fact/${made.json?.['id'] as string}`,
    ]) {
      const { status, text } = await go('DELETE', `/api/V2/${path}`);
      expect([path, status, text]).toEqual([path, 204, '']);
    }
  });

  it('Python client: posts to a literal placeholder, tells not found from trouble', async () => {
    const python = caller({ authorization: 'Bearer TOKEN', 'content-type': 'application/json', accept: '*/*' });
    const made = await python('POST', '/api/V2/zone/%7Bid%7D', { name: 'py', ipv4_addresses: [], ipv6_addresses: [] });
    expect(made.status).toBe(201);
    const id = made.json?.['id'] as string;
    expect(id).not.toContain('{');
    expect((await python('GET', '/api/V2/zone?name=py')).json?.['id']).toBe(id);
    const updated = await python(
      'PUT',
      `/api/V2/zone/${id}`,
      { name: 'py', ipv4_addresses: ['10.0.0.9'], ipv6_addresses: [] },
      true,
    );
    expect([updated.status, updated.json?.['ipv4_addresses']]).toEqual([200, ['10.0.0.9']]);
    expect((await python('DELETE', `/api/V2/zone/${id}`)).text).toBe('');
    for (const path of [`zone/${id}`, 'zone?name=py', 'host?hostkey=none', 'fact?name=none', 'group/none/ips']) {
      expect((await python('GET', `/api/V2/${path}`)).status).toBe(404);
    }
    expect((await python('DELETE', `/api/V2/zone/${id}`)).status).toBe(404);
  });

  it('Ansible: inventory and connection', async () => {
    const ansible = caller({ authorization: 'Bearer TOKEN', 'content-type': 'application/json', accept: '*/*' });
    const host = {
      name: 'an',
      hostkey: 'ansible-hostkey',
      group: 'g',
      environment: '*',
      location: '*',
      active: 'active',
      os_distribution: 'Debian',
      os_version: '12',
      vars: { v: 1 },
    };
    await ansible('POST', '/api/V2/host', host);
    const list = (await ansible('GET', '/api/V2/hosts?active=true')).json as unknown as JsonObject[];
    expect(list).toContainEqual(expect.objectContaining(host));
    expect((await ansible('GET', '/api/V2/groups')).json).toContainEqual(
      expect.objectContaining({ name: 'all-active' }),
    );
    expect((await ansible('GET', '/api/V2/fact')).status).toBe(404);
    const groups = { all: { vars: { v: 2, w: 3 }, hosts: { an: { v: 4 } }, children: ['g'] } };
    const fact = (await ansible('POST', '/api/V2/fact', { name: 'inventory', groups })).json as JsonObject;
    expect((await ansible('GET', '/api/V2/fact?name=inventory')).json?.['groups']).toEqual(groups);
    expect((await ansible('GET', `/api/V2/fact/${fact['id'] as string}/inventory`)).json).toMatchObject({
      all: { vars: { v: 2, w: 3 }, children: ['g'], hosts: ['an'] },
      g: { hosts: ['an'] },
      _meta: { hostvars: { an: { v: 4, dog_os_distribution: 'Debian' } } },
    });
    expect((await ansible('GET', '/api/V2/host?name=an')).json?.['hostkey']).toBe('ansible-hostkey');
    const run = await ansible('POST', '/api/V2/file_transfer/ansible-hostkey', {
      command: 'uptime',
      use_shell: 'true',
    });
    expect([run.status, run.json]).toEqual([200, { 'ansible-hostkey': { retcode: 0, stdout: 'uptime', stderr: {} } }]);
    expect(server.runtime.commands.calls.at(-1)).toEqual(['execute', 'ansible-hostkey', 'uptime', { useShell: true }]);
  });

  it('shell scripts: trailing commas, no token, statuses', async () => {
    const curl = caller({ 'content-type': 'application/json', accept: '*/*', 'user-agent': 'curl/8' });
    const body = '{\n  "name": "sh",\n  "ipv4_addresses": ["10.0.0.1",],\n  "ipv6_addresses": [],\n}\n';
    const made = await curl('POST', '/api/V2/zone', body);
    expect([made.status, made.json?.['ipv4_addresses']]).toEqual([201, ['10.0.0.1']]);
    expect((await curl('DELETE', `/api/V2/zone/${made.json?.['id'] as string}`)).status).toBe(204);
  });
});
