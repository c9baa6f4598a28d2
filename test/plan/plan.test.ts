import { describe, expect, it } from 'vitest';
import { RULE } from '../support/api-client.js';
import { listenToAll, startWholeServer, until, type WholeServer } from '../support/whole-server.js';
import type { Json, JsonObject } from '../../src/model/document.js';

const SECOND = { ...RULE, action: 'DROP', comment: 'second' };

async function plan(s: WholeServer, writes: readonly JsonObject[], more: JsonObject = {}) {
  return s.api('POST', '/api/V2/plan', { writes, ...more });
}

function put(id: string, body: JsonObject): JsonObject {
  return { method: 'PUT', path: `/api/V2/ruleset/${id}`, body };
}

describe('a plan', () => {
  it('shows what an edit would ship, changes nothing, and ships just that when it is applied', async () => {
    const s = await startWholeServer();
    const web = await s.group('web');
    const before = await s.ruleset(web.group);
    const ruleset = (await s.api('GET', `/api/V2/ruleset/${web.ruleset}`)).json;
    const rules = { inbound: [RULE, SECOND], outbound: [] };
    const made = await plan(s, [put(web.ruleset, { ...ruleset, rules })], { reason: 'second door' });
    expect(made.status).toBe(200);
    expect(made.json).toMatchObject({
      writes: [{ status: 303, path: `/api/V2/ruleset/${web.ruleset}` }],
      groups: [{ id: web.group, name: 'web', hosts: 0, v4: { before: (before.set4 as JsonObject).hash } }],
      sets: [],
    });
    const shown = (made.json.groups as JsonObject[])[0] as { v4: JsonObject; v6: JsonObject };
    expect(shown.v4.diff).toMatch(/^\+.*second/m);
    expect((await s.api('GET', `/api/V2/ruleset/${web.ruleset}`)).json).toEqual(ruleset);
    expect(await s.ruleset(web.group)).toEqual(before);

    const applied = await s.api('POST', `/api/V2/plan/${made.json.id as string}/apply`, {});
    expect(applied.status).toBe(200);
    expect(applied.json).toMatchObject({ applied: true, revisions: [{ table: 'ruleset', id: web.ruleset }] });
    await expect
      .poll(async () => ((await s.ruleset(web.group)).set4 as JsonObject).hash, { timeout: 25_000 })
      .toBe(shown.v4.after);
    expect(((await s.ruleset(web.group)).set6 as JsonObject).hash).toBe(shown.v6.after);
    // It can be applied once.
    expect((await s.api('POST', `/api/V2/plan/${made.json.id as string}/apply`, {})).status).toBe(404);
  });

  it('checks writes as if made one after another, and makes twenty documents in one commit', async () => {
    const s = await startWholeServer();
    const writes: JsonObject[] = [
      { method: 'POST', path: '/api/V2/profile', body: { id: 'p1', name: 'p', version: '1' } },
      {
        method: 'POST',
        path: '/api/V2/ruleset',
        body: {
          id: 'r1',
          name: 'p',
          profile_id: 'p1',
          rules: { inbound: [{ ...RULE, group_type: 'ZONE', group: 'z3' }], outbound: [] },
        },
      },
      {
        method: 'POST',
        path: '/api/V2/group',
        body: {
          id: 'g1',
          name: 'app',
          profile_id: 'p1',
          profile_name: 'p',
          profile_version: 'latest',
          description: '',
        },
      },
      ...Array.from({ length: 17 }, (_, n) => ({
        method: 'POST',
        path: '/api/V2/zone',
        body: { id: `z${n}`, name: `zone${n}`, ipv4_addresses: [`10.0.${n}.0/24`], ipv6_addresses: [] },
      })),
    ];
    // The rule names a zone that only a later write makes.
    const early = await plan(s, writes);
    expect([early.status, early.json.index, early.json.path]).toEqual([409, 1, '/api/V2/ruleset']);

    const [profile, ruleset, group, ...zones] = writes as [JsonObject, JsonObject, JsonObject, ...JsonObject[]];
    const made = await plan(s, [...zones, profile, ruleset, group]);
    expect(made.status).toBe(200);
    expect(made.json.writes).toHaveLength(20);
    expect(made.json.sets).toContainEqual({
      name: 'zone3_zv4',
      added: ['10.0.3.0/24'],
      removed: [],
      added_count: 1,
      removed_count: 0,
    });
    let commits = 0;
    const { store } = s.server.state;
    const real = store.commit.bind(store);
    store.commit = (changes, by) => {
      if (changes.some(({ table }) => table === 'zone')) commits += 1;
      return real(changes, by);
    };
    const applied = await s.api('POST', `/api/V2/plan/${made.json.id as string}/apply`, {});
    expect([applied.status, (applied.json.revisions as unknown[]).length, commits]).toEqual([200, 20, 1]);
    const shipped = await s.reaches('g1', 'published');
    const [shown] = made.json.groups as [{ v4: JsonObject }];
    expect((shipped.set4 as JsonObject).hash).toBe(shown.v4.after);
  });

  it('is out of date when a document of it, or a set that it names, moved on', async () => {
    const s = await startWholeServer();
    const zone = await s.create('zone', { name: 'office', ipv4_addresses: ['10.0.0.0/24'], ipv6_addresses: [] });
    const wider = {
      method: 'PUT',
      path: `/api/V2/zone/${zone}`,
      body: { name: 'office', ipv4_addresses: ['10.0.0.0/16'] },
    };
    const first = await plan(s, [wider]);
    expect(first.json.sets).toMatchObject([{ name: 'office_zv4', added: ['10.0.0.0/16'], removed: ['10.0.0.0/24'] }]);
    await s.edit('zone', zone, { ipv6_addresses: ['2001:db8::/32'] });
    const late = await s.api('POST', `/api/V2/plan/${first.json.id as string}/apply`, {});
    expect(late.status).toBe(409);
    expect(late.json).toMatchObject({
      code: 'plan_stale',
      moved: [{ kind: 'document', table: 'zone', id: zone, name: 'office' }],
    });

    // Another zone of the same name adds to the same set.
    const second = await plan(s, [wider]);
    await s.server.state.store.commit(
      [{ op: 'create', table: 'zone', doc: { name: 'office', ipv4_addresses: ['10.9.0.1'], ipv6_addresses: [] } }],
      { author: 'test' },
    );
    await expect.poll(() => s.server.state.world.rows('zone').size, { timeout: 25_000 }).toBe(2);
    const moved = await s.api('POST', `/api/V2/plan/${second.json.id as string}/apply`, {});
    expect([moved.status, moved.json.moved]).toEqual([409, [{ kind: 'set', name: 'office_zv4' }]]);
  });

  it('shows what an edit opens and closes, with a packet for each, also where only a set changes', async () => {
    const s = await startWholeServer();
    const zone = await s.create('zone', { name: 'office', ipv4_addresses: ['10.0.0.0/24'], ipv6_addresses: [] });
    const ssh = await s.create('service', { name: 'ssh', version: 1, services: [{ protocol: 'tcp', ports: ['22'] }] });
    const web = await s.group('web', [{ ...RULE, group_type: 'ZONE', group: zone, service: ssh }]);
    const widened = await plan(s, [
      { method: 'PUT', path: `/api/V2/zone/${zone}`, body: { name: 'office', ipv4_addresses: ['10.0.0.0/23'] } },
    ]);
    const [group] = widened.json.groups as [{ v4: JsonObject; opens: JsonObject[]; closes: JsonObject[] }];
    expect(group.v4.before).toBe(group.v4.after);
    expect(group.closes).toEqual([]);
    expect(group.opens).toMatchObject([
      {
        direction: 'inbound',
        family: 'v4',
        peer: { addresses: ['10.0.1.0/24'], count: '256', names: ['zone:office'] },
        protocol: 'tcp',
        ports: '22',
        after: 'accept',
        before_source: { fixed: 'policy' },
        after_source: { ruleset: web.ruleset, direction: 'inbound', index: 0 },
        witness: { src: expect.stringMatching(/^10\.0\.1\./) as string, protocol: 'tcp', dport: 22 },
      },
    ]);
    const shut = await plan(s, [
      put(web.ruleset, { name: 'web', profile_id: web.profile, rules: { inbound: [], outbound: [] } }),
    ]);
    const [closed] = shut.json.groups as [{ opens: JsonObject[]; closes: JsonObject[]; unclear: unknown }];
    expect([closed.opens, closed.unclear]).toEqual([[], null]);
    expect(closed.closes).toMatchObject([{ peer: { addresses: ['10.0.0.0/24'] }, ports: '22', before: 'accept' }]);
  });

  it('of a single write is what plan=true answers', async () => {
    const s = await startWholeServer();
    const wire = await listenToAll(s.broker);
    const web = await s.group('web');
    // Its rules name no set, so they may be out before the sets are.
    await until(() => wire.heard.some(({ key, body }) => key === 'sets' && body.includes('web_gv4')), 'its sets');
    wire.clear();
    const gone = await s.api('DELETE', `/api/V2/group/${web.group}?plan=true`);
    expect(gone.status).toBe(200);
    expect(gone.json).toMatchObject({
      writes: [{ method: 'DELETE', status: 204 }],
      groups: [{ id: web.group, v4: { after: null } }],
      warnings: expect.arrayContaining([expect.objectContaining({ code: 'group_gone' })]) as unknown,
    });
    expect((await s.api('GET', `/api/V2/group/${web.group}`)).status).toBe(200);
    expect((await s.api('PUT', `/api/V2/zone/none?plan=true`, { name: 'x' })).status).toBe(400);
    const stale = await s.api('DELETE', `/api/V2/group/${web.group}?plan=true`, undefined, { 'if-match': '"1"' });
    expect([stale.status, stale.json.code]).toEqual([412, 'stale']);
    expect((await s.api('DELETE', `/api/V2/group/${web.group}?plan=perhaps`)).json.code).toBe('bad_parameter');
    expect(wire.heard).toEqual([]);
  });

  it('compares if_match of each write with what is stored, and refuses as the write itself would', async () => {
    const s = await startWholeServer();
    const web = await s.group('web');
    const path = `/api/V2/ruleset/${web.ruleset}`;
    const read = await s.api('GET', path);
    const tag = read.headers.get('etag') ?? '';
    const edit = (comment: string, ifMatch: Json): JsonObject => ({
      ...put(web.ruleset, { ...read.json, rules: { inbound: [{ ...RULE, comment }], outbound: [] } }),
      if_match: ifMatch,
    });
    // The second one names what was read too: nobody can know a tag that only the draft has.
    expect((await plan(s, [edit('one', tag), edit('two', tag)])).status).toBe(200);
    expect((await plan(s, [edit('one', '*')])).status).toBe(200);

    expect((await s.api('PUT', path, edit('else', null)['body'])).status).toBe(303);
    const now = (await s.api('GET', path)).headers.get('etag') ?? '';
    expect(now).not.toBe(tag);
    const remove = { method: 'DELETE', path: `/api/V2/group/${web.group}`, if_match: '*' };
    const refused = await plan(s, [remove, edit('late', tag)]);
    expect([refused.status, refused.headers.get('etag')]).toEqual([412, now]);
    expect(refused.json).toMatchObject({ code: 'stale', index: 1, path, method: 'PUT', etag: now });
    const removed = await plan(s, [{ ...remove, if_match: '"99"' }]);
    expect([removed.status, removed.json.index]).toEqual([412, 0]);
    expect((await plan(s, [edit('fresh', now)])).status).toBe(200);

    for (const [write, reason] of [
      [edit('x', 7), 'writes[0].if_match must be an entity tag in double quotes'],
      [edit('x', `"${'9'.repeat(300)}"`), 'at most 200 characters'],
      [edit('x', '7'), 'if-match must be an entity tag in double quotes'],
      [
        { method: 'POST', path: '/api/V2/zone', body: { name: 'z' }, if_match: '*' },
        'writes[0].if_match is for PUT and DELETE',
      ],
    ] as const) {
      const bad = await plan(s, [write]);
      expect([bad.status, bad.json.code, bad.json.index]).toEqual([400, 'bad_request', 0]);
      expect(bad.json.error).toContain(reason);
    }
  });

  it('says where in a document of the writes the value is that is refused', async () => {
    const s = await startWholeServer();
    const refused = await plan(s, [
      { method: 'POST', path: '/api/V2/zone', body: { name: 'one', ipv4_addresses: [], ipv6_addresses: [] } },
      {
        method: 'POST',
        path: '/api/V2/zone',
        body: { name: 'two', ipv4_addresses: ['10.0.0.0/8', 'x'], ipv6_addresses: [] },
      },
    ]);
    expect(refused.json).toMatchObject({
      code: 'data_invalid',
      index: 1,
      path: '/api/V2/zone',
      value_path: ['ipv4_addresses', 1],
    });
  });

  it('refuses what is no list of writes, naming what would be right', async () => {
    const s = await startWholeServer();
    const reason = async (body: unknown) => {
      const { status, json } = await s.api('POST', '/api/V2/plan', body);
      return `${status} ${json.error as string}`;
    };
    expect(await reason({ writes: [] })).toMatch(/^400 .*writes must be a list/);
    expect(await reason({ writes: [{ method: 'PATCH', path: '/api/V2/zone/x' }] })).toMatch(
      /writes\[0\]\.method must be POST, PUT or DELETE/,
    );
    expect(await reason({ writes: [{ method: 'PUT', path: '/api/zone/x', body: {} }] })).toMatch(
      /writes\[0\]\.path must be \/api\/V2\/RESOURCE/,
    );
    expect(await reason({ writes: [{ method: 'PUT', path: '/api/V2/zone/x' }] })).toMatch(
      /writes\[0\]\.body must be an object/,
    );
    expect(await reason({ writes: Array.from({ length: 1001 }, () => ({})) })).toMatch(
      /at most 1000 \(plan.writes_max\)/,
    );
    expect(await reason({ writes: [put('x', { name: 'x' })], reason: '' })).toMatch(
      /reason must be a string of 1 to 1000/,
    );
  });
});
