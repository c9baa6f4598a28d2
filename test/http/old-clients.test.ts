import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../support/api-server.js';

type Body = Record<string, unknown>;

let server: ApiServer;
beforeEach(async () => {
  server = await startApiServer({});
  server.runtime.spoken = 'dog1';
});
afterEach(() => server.close());

async function send(method: string, path: string, body?: unknown, accept = 'application/json') {
  const response = await fetch(`${server.url}${path}`, {
    method,
    redirect: 'manual',
    headers: { accept, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = (): Body => JSON.parse(text) as Body;
  return { status: response.status, text, json, warning: response.headers.get('x-dog-warning') };
}

function rule(more: Body) {
  return {
    action: 'ACCEPT',
    active: true,
    group: 'any',
    group_type: 'ANY',
    service: 'any',
    states: [],
    type: 'BASIC',
    ...more,
  };
}

function ruleset(...inbound: Body[]) {
  return { name: 'r', rules: { inbound, outbound: [] } };
}

describe('rules that name what does not exist', () => {
  it('are stored in dog1, with a warning in the answer and in a header', async () => {
    const sent = ruleset(
      rule({ group_type: 'ZONE', group: 'office' }),
      rule({ service: 'ssh' }),
      rule({ group_type: 'ROLE', group: 'wéb' }),
    );
    const made = await send('POST', '/api/V2/ruleset', sent);
    expect(made.status).toBe(201);
    const { id, warnings, ...rest } = made.json();
    expect(rest).toMatchObject(sent);
    expect(warnings).toMatchObject([
      { path: ['rules', 'inbound', 0, 'group'], value: 'office' },
      { path: ['rules', 'inbound', 1, 'service'], value: 'ssh' },
      { path: ['rules', 'inbound', 2, 'group'], value: 'wéb' },
    ]);
    expect(made.warning).toMatch(/^rules\.inbound\.0\.group "office": there is no zone with this id/);
    expect(made.warning).toContain('"w\\u00e9b"');
    const stored = await send('GET', `/api/V2/ruleset/${String(id)}`);
    expect(stored.json()).toEqual({ ...rest, id });

    const again = { ...made.json(), rules: { inbound: [rule({ service: 'other' })], outbound: [] } };
    const changed = await send('PUT', `/api/V2/ruleset/${String(id)}`, again);
    expect([changed.status, changed.json()['warnings']]).toMatchObject([303, [{ value: 'other' }]]);
    expect((await send('GET', `/api/V2/ruleset/${String(id)}`)).json()).not.toHaveProperty('warnings');
  });

  it('warn in v1 by the header', async () => {
    const { rules } = ruleset(rule({ service: 'ssh' }));
    const made = await send('POST', '/api/profile', { name: 'p', rules });
    expect([made.status, made.json()['result'], made.warning !== null]).toEqual([201, 'created', true]);
  });

  it('are refused in dog2', async () => {
    server.runtime.spoken = 'dog2';
    const made = await send('POST', '/api/V2/ruleset', ruleset(rule({ group_type: 'ZONE', group: 'any' })));
    expect([made.status, made.json()['path']]).toEqual([409, ['rules', 'inbound', 0, 'group']]);
  });

  it('follow api.unknown_references, whatever the dialect', async () => {
    await server.close();
    server = await startApiServer({ unknown_references: 'accept' });
    server.runtime.spoken = 'dog2';
    expect((await send('POST', '/api/V2/ruleset', ruleset(rule({ service: 'x' })))).status).toBe(201);
    await server.close();
    server = await startApiServer({ unknown_references: 'refuse' });
    server.runtime.spoken = 'dog1';
    expect((await send('POST', '/api/V2/ruleset', ruleset(rule({ service: 'x' })))).status).toBe(409);
  });

  it('are refused all the same for what the kernel would not take', async () => {
    const made = await send('POST', '/api/V2/ruleset', ruleset(rule({ service: 'x' }), rule({ comment: 'a\nb' })));
    expect([made.status, made.json()['path']]).toEqual([409, ['rules', 'inbound', 1, 'comment']]);
  });

  it('mean everyone by the id any of whatever kind, without a warning', async () => {
    for (const group_type of ['ZONE', 'ROLE', 'GROUP']) {
      const made = await send('POST', '/api/V2/ruleset', { ...ruleset(rule({ group_type })), name: group_type });
      expect([made.status, made.warning]).toEqual([201, null]);
    }
  });
});

describe('a group that names its profile', () => {
  const profile = async (name: string, more: Body = {}) =>
    String((await send('POST', '/api/V2/profile', { name, ...more })).json()['id']);

  it('has that profile in v2 too', async () => {
    const web = await profile('web');
    const made = await send('POST', '/api/V2/group', { name: 'g', profile_name: 'web' });
    expect([made.status, made.json()['profile_id'], made.warning]).toEqual([201, web, null]);
  });

  it('is stored with a warning when there is no such profile', async () => {
    const made = await send('POST', '/api/V2/group', { name: 'g', profile_name: 'none' });
    expect([made.status, made.json()['profile_id']]).toEqual([201, undefined]);
    expect(made.json()['warnings']).toMatchObject([{ path: ['profile_name'], value: 'none' }]);
    expect(made.warning).toMatch(/^profile_name "none"/);
    const byId = await send('POST', '/api/V2/group', { name: 'h', profile_id: 'gone' });
    expect([byId.status, byId.json()['warnings']]).toMatchObject([201, [{ path: ['profile_id'], value: 'gone' }]]);
  });

  it('keeps the id that is sent, and on an update only follows a new name', async () => {
    const [web, other] = [await profile('web'), await profile('other')];
    const made = await send('POST', '/api/V2/group', { name: 'g', profile_name: 'web', profile_id: other });
    expect(made.json()['profile_id']).toBe(other);
    const path = `/api/V2/group/${String(made.json()['id'])}`;
    const same = await send('PUT', path, { name: 'g', profile_name: 'web' });
    expect(same.json()['profile_id']).toBe(other);
    const moved = await send('PUT', path, { name: 'g', profile_name: 'other' });
    expect(moved.json()['profile_id']).toBe(other);
    const back = await send('PUT', path, { name: 'g', profile_name: 'web' });
    expect(back.json()['profile_id']).toBe(web);
  });

  it('has the newest of several of one name, and is told so', async () => {
    await profile('web', { created: 100 });
    const newest = await profile('web', { created: 300 });
    await profile('web', { created: 200 });
    for (const [path, name] of [
      ['/api/V2/group', 'g'],
      ['/api/group', 'h'],
    ] as const) {
      const made = await send('POST', path, { name, profile_name: 'web' });
      expect(made.warning).toContain('3 profiles have this name');
      const stored = await send('GET', `/api/V2/group?name=${name}`);
      expect(stored.json()['profile_id']).toBe(newest);
    }
  });
});

describe('what dog_park shows of a profile', () => {
  const profile = async (name: string, ...inbound: Body[]) =>
    String((await send('POST', '/api/profile', { name, rules: { inbound, outbound: [] } })).json()['id']);

  it('has the service any in capitals in the text view', async () => {
    const id = await profile('p', rule({ group: 'all-active', group_type: 'ROLE' }));
    const { text } = await send('GET', `/api/profile/${id}`, undefined, 'text/plain');
    expect(text).toBe(
      'Inbound:\ngroup\tservice\tstates\taction\tactive\nall-active\tANY\t\tACCEPT\ttrue\n\n' +
        'Outbound:\ngroup\tservice\tstates\taction\tactive\n',
    );
  });

  it('has rules as text, and how those of two profiles differ', async () => {
    const one = await profile('one', rule({ comment: 'first' }));
    const two = await profile('two', rule({ comment: 'first' }), rule({ comment: 'second', action: 'DROP' }));
    for (const sub of ['iptablesv4', 'iptablesv6']) {
      const rules = await send('GET', `/api/profile/${two}/${sub}`, undefined, 'text/plain');
      expect([rules.status, rules.text.split('\n')[0]]).toEqual([200, '*filter']);
      expect(rules.text).toContain('-A INPUT -m comment --comment second -j DROP');
      const diff = await send('GET', `/api/profile/${one}/${sub}?git_diff=${two}`, undefined, 'text/plain');
      expect(diff.text).toMatch(new RegExp(`^diff --git a/profile/${one} b/profile/${two}\n`));
      expect(diff.text).toContain('\n+-A INPUT -m comment --comment second -j DROP\n');
      expect((await send('GET', `/api/profile/${one}/${sub}?git_changes=${two}`)).json()).toEqual([1, 0]);
      expect((await send('GET', `/api/profile/${two}/${sub}?git_changes=${one}`)).json()).toEqual([0, 1]);
    }
  });

  it('says why there are no rules', async () => {
    const id = await profile('p', rule({ service: 'gone' }));
    const rules = await send('GET', `/api/profile/${id}/iptablesv4`, undefined, 'text/plain');
    expect([rules.status, rules.json()['path']]).toEqual([400, ['rules', 'inbound', 0, 'service']]);
    expect((await send('GET', `/api/profile/none/iptablesv4`)).status).toBe(404);
    const good = await profile('good', rule({}));
    expect((await send('GET', `/api/profile/${good}/iptablesv4?git_diff=none`)).status).toBe(404);
    expect((await send('GET', `/api/profile/${good}/iptablesv5`)).status).toBe(404);
  });
});

describe('what is not done yet', () => {
  const link = {
    name: 'q1',
    connection_type: 'thumper',
    direction: 'inbound',
    address_handling: 'union',
    connection: {
      api_port: 1,
      host: 'b',
      password: 's3cret',
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

  it('is said in the answer to a write that asks for it', async () => {
    const on = await send('POST', '/api/V2/link', { ...link, enabled: true });
    expect([on.status, on.warning]).toEqual([201, null]);
    const off = await send('POST', '/api/V2/link', { ...link, name: 'q2', enabled: false });
    expect([off.status, off.warning]).toEqual([201, null]);
    const ids = [{ region: 'us-east-1', sgid: 'sg-1' }];
    const group = await send('POST', '/api/V2/group', { name: 'g', ec2_security_group_ids: ids });
    expect([group.status, group.warning?.includes('EC2')]).toEqual([201, true]);
  });
});
