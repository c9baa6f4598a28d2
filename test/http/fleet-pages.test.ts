import { expect, it, onTestFinished } from 'vitest';
import type { GroupsAsked, HostsAsked } from '../../src/operations/fleet-pages.js';
import { client } from '../support/api-client.js';
import { startApiServer } from '../support/api-server.js';

async function started() {
  const server = await startApiServer();
  onTestFinished(() => server.close());
  return { server, api: client(server.url), pages: server.runtime.pages };
}

it('GET /api/V2/fleet/hosts asks for what the query says', async () => {
  const { api, pages } = await started();
  const { hosts } = pages;
  const asked: HostsAsked[] = [];
  pages.hosts = (each) => (asked.push(each), hosts(each));
  const answer = await api(
    'GET',
    '/api/V2/fleet/hosts?q=We&state=active,%20retired&group=web&differing=ipset_hash&sort=reported&order=desc&offset=200&limit=50',
  );
  expect([answer.status, answer.json]).toMatchObject([200, { total: 0, offset: 200, limit: 50, hosts: [] }]);
  await api('GET', '/api/V2/fleet/hosts?unknown=1');
  const all = { q: '', states: undefined, group: undefined, differing: undefined };
  expect(asked).toEqual([
    {
      q: 'We',
      states: new Set(['active', 'retired']),
      group: 'web',
      differing: 'ipset_hash',
      sort: 'reported',
      order: 'desc',
      offset: 200,
      limit: 50,
    },
    { ...all, sort: 'name', order: 'asc', offset: 0, limit: 100 },
  ]);
});

it('GET /api/V2/fleet/groups does so too', async () => {
  const { api, pages } = await started();
  const { groups } = pages;
  const asked: GroupsAsked[] = [];
  pages.groups = (each) => (asked.push(each), groups(each));
  const answer = await api('GET', '/api/V2/fleet/groups?q=we&state=error&profile=p1&group=g&sort=converged&limit=5');
  expect([answer.status, answer.json]).toMatchObject([200, { total: 0, limit: 5, groups: [] }]);
  expect(asked).toEqual([
    {
      q: 'we',
      states: new Set(['error']),
      profile: 'p1',
      group: 'g',
      sort: 'converged',
      order: 'asc',
      offset: 0,
      limit: 5,
    },
  ]);
});

it.each([
  ['fleet/hosts?state=asleep', 'state: give some of new, active'],
  ['fleet/hosts?state=', 'state'],
  ['fleet/hosts?differing=hash9', 'differing: give one of hash4_ipsets'],
  ['fleet/hosts?sort=color', 'sort: give one of name, group'],
  ['fleet/hosts?order=up', 'order: give one of asc, desc'],
  ['fleet/hosts?offset=-1', 'offset: give a whole number from 0'],
  ['fleet/hosts?limit=0', 'limit: give a whole number from 1 to 1000'],
  ['fleet/hosts?limit=1001', 'limit'],
  [`fleet/hosts?q=${'x'.repeat(201)}`, 'q: give at most 200 characters'],
  [`fleet/hosts?group=${'x'.repeat(201)}`, 'group: give at most 200 characters'],
  ['fleet/groups?state=active', 'state: give some of pending, compiled, published, error'],
  ['fleet/groups?sort=reported', 'sort: give one of name, hosts'],
  ['fleet/groups?offset=1.5', 'offset'],
  [`fleet/groups?profile=${'x'.repeat(201)}`, 'profile: give at most 200 characters'],
  [`fleet/groups?group=${'x'.repeat(201)}`, 'group: give at most 200 characters'],
  [`group/web/lines?host=${'x'.repeat(201)}`, 'host: give at most 200 characters'],
  ['sets/web_gv4?limit=none', 'limit'],
])('says what is wrong in %s', async (query, said) => {
  const { api } = await started();
  const answer = await api('GET', `/api/V2/${query}`);
  expect([answer.status, answer.json.code, answer.text]).toEqual([400, 'bad_parameter', expect.stringContaining(said)]);
});

it('GET /api/V2/group/:id/lines says whether group or host is unknown', async () => {
  const { api, pages } = await started();
  const asked: unknown[] = [];
  pages.lines = async (group, host) => {
    asked.push([group, host]);
    return host === undefined ? 'unknown_group' : 'unknown_host';
  };
  expect((await api('GET', '/api/V2/group/web/lines')).json).toMatchObject({
    code: 'not_found',
    error: 'not found: group with this id or name',
  });
  const noHost = await api('GET', '/api/V2/group/web/lines?host=key-1');
  expect([noHost.status, noHost.text]).toEqual([404, expect.stringContaining('host of this group')]);
  expect(asked).toEqual([
    ['web', undefined],
    ['web', 'key-1'],
  ]);
});

it('GET /api/V2/sets/:name takes names as they are in the kernel', async () => {
  const { api, pages } = await started();
  pages.set = (name, { offset, limit }) =>
    name === 'q1#web_gv4' ? { name, total: 3, offset, limit, addresses: ['10.0.0.2/32'] } : undefined;
  expect((await api('GET', '/api/V2/sets/q1%23web_gv4?offset=1&limit=1')).json).toEqual({
    name: 'q1#web_gv4',
    total: 3,
    offset: 1,
    limit: 1,
    addresses: ['10.0.0.2/32'],
  });
  const none = await api('GET', '/api/V2/sets/none_gv4');
  expect([none.status, none.json.code]).toEqual([404, 'not_found']);
});
