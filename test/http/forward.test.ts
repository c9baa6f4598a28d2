import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createToken } from '../../src/http/access/tokens.js';
import { allRoutes } from '../../src/http/routes/all-routes.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { type ApiServer, startApiServer } from '../support/api-server.js';
import { client } from '../support/api-client.js';

const KEY = 'host key/with+odd%chars';
const FILES = `/api/V2/file_transfer/${encodeURIComponent(KEY)}`;
const MEGABYTE = 1024 * 1024;
const REFUSED = {
  hostkey: 'k',
  id: null,
  name: '',
  group: '',
  reason: 'malformed',
  count: 1,
  first_at: 1,
  last_at: 1,
} as const;
const host = { id: 'h', name: 'h', hostkey: KEY, active: 'active' };

/** Two servers of one store; the second one follows the first. */
async function startPair(api: Parameters<typeof startApiServer>[0]) {
  const store = await createSqliteStore({ path: ':memory:' });
  await store.commit([{ op: 'create', table: 'host', doc: host }], { author: 'test' });
  const leader = await startApiServer(api, { store, cluster: { name: 'a' } });
  const follower = await startApiServer(api, { store, cluster: { name: 'b' } });
  follower.runtime.stands = { role: 'follower', leader: { name: 'a', url: leader.url, term: 3 } };
  return { store, leader, follower };
}

/** What each route that only the leader can answer is asked: as it should be, and in ways that it refuses. */
const QUESTIONS: Readonly<Record<string, readonly (readonly [method: string, path: string, body?: unknown])[]>> = {
  'v1.publish': [
    ['GET', '/api/publish?group=web+one'],
    ['GET', '/api/publish'],
  ],
  'v2.publishing.read': [['GET', '/api/V2/publishing']],
  'v2.publishing.write': [
    ['POST', '/api/V2/publishing', { paused: true }],
    ['POST', '/api/V2/publishing', { paused: 'yes' }],
    ['POST', '/api/V2/publishing', '{'],
    ['POST', '/api/V2/publishing', ''],
  ],
  'v2.host.refused': [['GET', '/api/V2/hosts/refused']],
  'v2.refused.list': [['GET', '/api/V2/refused']],
  'v2.refused.read': [['GET', '/api/V2/refused/none']],
  'v2.refused.discard': [['DELETE', '/api/V2/refused/none']],
  'v2.refused.discard-all': [['DELETE', '/api/V2/refused']],
  'v2.host.drift': [
    ['GET', '/api/V2/host/h/drift'],
    ['GET', '/api/V2/host/none/drift'],
    ['GET', '/api/V2/host/./h/drift/'],
  ],
  'v2.alarms': [['GET', '/api/V2/alarms']],
  'v2.actor.suspend': [['POST', '/api/V2/actors/dog_trainer%2Fnone/suspend']],
  'v2.actor.resume': [['POST', '/api/V2/actors/dog_trainer%2Fnone/resume']],
  'v2.actor.restart': [['POST', '/api/V2/actors/dog_trainer%2Fnone/restart']],
  'v2.actor.terminate': [['POST', '/api/V2/actors/dog_trainer%2Fnone/terminate']],
  'v2.actor.start': [['POST', '/api/V2/actors/dog_trainer%2Fnone/start']],
  'v2.actor.state': [
    ['GET', '/api/V2/actors/dog_trainer/state'],
    ['GET', '/api/V2/actors/dog_trainer%2Fnone/state'],
  ],
  'v2.actor.trace': [['GET', '/api/V2/actors/dog_trainer%2Fnone/trace']],
  'v2.events': [['GET', '/api/V2/events?kind=none']],
  'v2.drift': [['GET', '/api/V2/drift']],
  'v2.now': [['GET', '/api/V2/now']],
  'v2.convergence': [['GET', '/api/V2/convergence']],
  'v2.publishing.queue': [['GET', '/api/V2/publishing/queue']],
  'v2.fleet.hosts': [
    ['GET', '/api/V2/fleet/hosts?q=none'],
    ['GET', '/api/V2/fleet/hosts?limit=none'],
  ],
  'v2.fleet.groups': [['GET', '/api/V2/fleet/groups']],
  'v2.group.lines': [['GET', '/api/V2/group/none/lines']],
  'v2.set': [['GET', '/api/V2/sets/none']],
  'v2.host.queues': [['GET', '/api/V2/host/none/queues']],
  'v2.host.send': [['POST', '/api/V2/host/none/send', {}]],
  'v2.host.reconnect': [['POST', '/api/V2/host/none/reconnect', {}]],
  'v2.status': [['GET', '/api/V2/status']],
  'v2.group.status-list': [['GET', '/api/V2/groups/status']],
  'v2.group.pin': [
    ['POST', '/api/V2/group/g/revisions/1/pin', { reason: 'to wait' }],
    ['POST', '/api/V2/group/g/revisions/1/pin', {}],
  ],
  'v2.group.unpin': [['DELETE', '/api/V2/group/g/pin']],
  'v2.explain': [
    ['POST', '/api/V2/explain', { from: 'any', to: 'any', protocol: 'tcp', port: 22 }],
    ['POST', '/api/V2/explain', { from: 'group:none', to: 'any', protocol: 'tcp' }],
    ['POST', '/api/V2/explain', '{'],
  ],
  'v2.reach': [
    ['POST', '/api/V2/reach', { to: 'any' }],
    ['POST', '/api/V2/reach', {}],
  ],
  'v2.analysis.rules': [['GET', '/api/V2/analysis/rules']],
  'v2.group.analysis': [
    ['GET', '/api/V2/group/g/analysis'],
    ['GET', '/api/V2/group/none/analysis'],
  ],
  'v2.rollouts': [
    ['GET', '/api/V2/rollouts'],
    ['GET', '/api/V2/rollouts?state=lost'],
  ],
  'v2.rollout': [['GET', '/api/V2/rollout/none']],
  'v2.rollout.pause': [['POST', '/api/V2/rollout/none/pause', { reason: 'to look' }]],
  'v2.rollout.resume': [['POST', '/api/V2/rollout/none/resume', { reason: 'it is well' }]],
  'v2.rollout.abort': [['POST', '/api/V2/rollout/none/abort', {}]],
  'v2.rollout.promote': [['POST', '/api/V2/rollout/none/promote', '{']],
  'v2.rollout-policies': [['GET', '/api/V2/rollout-policies']],
  'v2.rollout-policy': [['GET', '/api/V2/rollout-policy/none']],
  'v2.rollout-policy.set': [
    ['PUT', '/api/V2/rollout-policy/none', { steps: [{ all: true }] }],
    ['PUT', '/api/V2/rollout-policy/none', ''],
  ],
  'v2.rollout-policy.remove': [['DELETE', '/api/V2/rollout-policy/none']],
  'v2.ec2.plan': [['GET', '/api/V2/ec2/plan']],
  'v2.file_transfers': [['GET', '/api/V2/file_transfers']],
  'v2.link.status': [['GET', '/api/V2/link/l/status']],
  'v2.link.held': [['GET', '/api/V2/link/l/accept']],
  'v2.link.accept': [['POST', '/api/V2/link/l/accept']],
  'v2.file_transfer.post': [
    ['POST', FILES, { command: 'uptime', use_shell: 'true' }],
    ['POST', FILES, { command: 7 }],
    ['POST', '/api/V2/file_transfer/none', { command: 'uptime' }],
  ],
  'v2.file_transfer.get': [
    ['GET', `${FILES}?path=/etc/mot%64`],
    ['GET', `${FILES}?path=/none`],
    ['GET', `${FILES}?path=../x`],
    ['GET', FILES],
  ],
  'v2.file_transfer.delete': [
    ['DELETE', `${FILES}?path=/tmp/x`],
    ['DELETE', '/api/V2/file_transfer/none?path=/tmp/x'],
  ],
};

describe('a follower', () => {
  let store: Store;
  let leader: ApiServer;
  let follower: ApiServer;
  beforeAll(async () => {
    ({ store, leader, follower } = await startPair({}));
    leader.runtime.refused = [{ ...REFUSED, detail: 'x'.repeat(1000) }];
    leader.runtime.alarmsSet = [{ id: 'store', since: 1, text: 'refuses' }];
    leader.runtime.drifts.set('h', { id: 'h', drifted: ['hash4_ipsets'] });
    leader.runtime.commands.files.set('/etc/motd', Buffer.from([0, 255, 13, 10, 128]));
  });
  beforeEach(() => {
    leader.runtime.published.length = 0;
    (leader.runtime.commands.calls as unknown[]).length = 0;
  });
  afterAll(async () => {
    await Promise.all([leader.close(), follower.close()]);
    await store.close();
  });

  it('passes on the routes that only the leader can answer, and no others', () => {
    const leaders = allRoutes().filter(({ answeredBy }) => answeredBy === 'leader');
    expect(leaders.map(({ id }) => id).sort()).toEqual(Object.keys(QUESTIONS).sort());
  });

  const cases = Object.entries(QUESTIONS).flatMap(([id, asked]) =>
    asked.map(([method, path, body]) => [id, method, path, body] as const),
  );
  it.each(cases)('%s: gives the answer that the leader gives to %s %s %j', async (_id, method, path, body) => {
    // Answers that only the leader's state can give: the follower's own would differ.
    const headers = { 'x-consumer-username': 'felix' };
    const answer = async (server: ApiServer) => {
      const { status, text, headers: found } = await client(server.url)(method, path, body, headers);
      const kept = [...found].filter(([name]) => name !== 'date');
      return { status, text, headers: Object.fromEntries(kept) };
    };
    expect(await answer(follower)).toEqual(await answer(leader));
  });

  it('has the leader do what is asked, as whom it is asked, and does nothing itself', async () => {
    const call = client(follower.url, { 'x-consumer-username': 'felix' });
    await call('GET', '/api/publish?group=web%20one');
    await call('POST', '/api/V2/publishing', { paused: true });
    await call('POST', FILES, { command: 'id', user: 'root' });
    expect(leader.runtime.published).toEqual(['web one']);
    expect(leader.runtime.state).toMatchObject({ paused: true, author: 'felix' });
    expect(leader.runtime.commands.calls).toEqual([
      ['execute', KEY, 'id', { apiUser: 'felix', useShell: false, user: 'root' }],
    ]);
    const { published, state, commands } = follower.runtime;
    expect([published, state, commands.calls]).toEqual([[], { paused: false }, []]);
    expect(follower.lines.at(-1)).toMatchObject({ msg: 'request', author: 'felix', status: 200, forwarded_to: 'a' });
  });

  it('answers all else itself', async () => {
    follower.runtime.ready = { ready: true, reasons: ['standing by: a leads (term 3)'] };
    expect((await client(follower.url)('GET', '/readyz')).json['reasons']).toEqual(follower.runtime.ready.reasons);
    const before = leader.lines.length;
    for (const path of [
      '/livez',
      '/api/V2/actors',
      '/api/V2/hosts',
      '/api/V2/host/h',
      '/api/V2/ipsets',
      '/api/hosts',
    ]) {
      expect((await client(follower.url)('GET', path)).status).toBe(200);
    }
    expect(leader.lines.length).toBe(before);
  });

  it.each([0, 1, 5 * MEGABYTE])('passes a file of %i bytes on byte for byte, there and back', async (size) => {
    const content = randomBytes(size);
    const form = new FormData();
    form.append('file', new Blob([content]), '/tmp/big');
    const stored = await fetch(follower.url + FILES, { method: 'POST', body: form });
    expect(stored.status).toBe(200);
    await stored.text();
    expect(content.equals(leader.runtime.commands.files.get('/tmp/big') as Uint8Array)).toBe(true);
    const fetched = await fetch(`${follower.url}${FILES}?path=/tmp/big`);
    expect(fetched.headers.get('content-type')).toBe('application/octet-stream');
    expect(content.equals(Buffer.from(await fetched.arrayBuffer()))).toBe(true);
  });

  it('passes on a body whose length nobody knows before its end', async () => {
    const content = randomBytes(3 * MEGABYTE);
    const head = Buffer.from('--b\r\ncontent-disposition: form-data; name="f"; filename="/tmp/c"\r\n\r\n');
    async function* pieces() {
      yield head;
      for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000);
      yield Buffer.from('\r\n--b--\r\n');
    }
    const body = ReadableStream.from(pieces());
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const answer = await fetch(follower.url + FILES, { method: 'POST', headers, body, duplex: 'half' });
    expect(answer.status).toBe(200);
    await answer.text();
    expect(content.equals(leader.runtime.commands.files.get('/tmp/c') as Uint8Array)).toBe(true);
  });
});

describe('a follower with tokens', () => {
  let store: Store;
  let leader: ApiServer;
  let follower: ApiServer;
  beforeAll(async () => {
    ({ store, leader, follower } = await startPair({ auth: 'tokens' }));
  });
  afterAll(async () => {
    await Promise.all([leader.close(), follower.close()]);
    await store.close();
  });
  const token = async (name: string, ...scopes: string[]) =>
    (await createToken(store, { name, scopes }, { author: 'root', now: Math.floor(Date.now() / 1000) })).text;

  it('refuses whom it would refuse itself, and the leader never hears of them', async () => {
    const reader = await token('reader', 'read');
    const before = leader.lines.length;
    const ask = async (authorization: string | undefined) =>
      client(follower.url, authorization === undefined ? {} : { authorization })('POST', FILES, { command: 'id' });
    expect(await ask(undefined)).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
    expect(await ask(`Bearer dog_${'0'.repeat(16)}_${'x'.repeat(43)}`)).toMatchObject({ status: 401 });
    expect(await ask(`Bearer ${reader}`)).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    expect(leader.lines.length).toBe(before);
    expect(leader.runtime.commands.calls).toEqual([]);
  });

  it('passes the token on as it came; the leader knows the author, and no log has the secret', async () => {
    const text = await token('commander', 'command', 'write');
    const call = client(follower.url, { authorization: `Bearer ${text}` });
    expect((await call('POST', FILES, { command: 'id' })).status).toBe(200);
    expect((await call('POST', '/api/V2/publishing', { paused: true })).status).toBe(200);
    expect(leader.runtime.commands.calls).toEqual([['execute', KEY, 'id', { apiUser: 'commander', useShell: false }]]);
    expect(leader.runtime.state.author).toBe('commander');
    follower.runtime.stands = { role: 'follower', leader: { name: 'a', url: 'http://u:hunter2@127.0.0.1:1', term: 3 } };
    const refused = await call('POST', FILES, { command: 'id' });
    expect(refused).toMatchObject({ status: 503, json: { leader: { name: 'a', url: 'http://127.0.0.1:1' } } });
    const said = JSON.stringify([leader.lines, follower.lines, refused.json]);
    expect(said).not.toContain(text.slice(-43));
    expect(said).not.toContain('hunter2');
  });
});

it('commands that are switched off on a follower are off, whatever the leader allows', async () => {
  const { store, leader, follower } = await startPair({});
  const closed = await startApiServer({ commands: false }, { store });
  closed.runtime.stands = follower.runtime.stands;
  expect(await client(closed.url)('POST', FILES, { command: 'id' })).toMatchObject({
    status: 403,
    json: { code: 'commands_off' },
  });
  expect(leader.runtime.commands.calls).toEqual([]);
  await Promise.all([leader.close(), follower.close(), closed.close()]);
  await store.close();
});
