import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { loadConfig } from '../../src/config/load.js';
import type { JsonObject } from '../../src/model/document.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { decodeRulesPayload } from '../../src/wire/messages/rules-payload.js';
import { RULE } from '../support/api-client.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import {
  listenAsAgent,
  listenToAll,
  report,
  reportOf,
  startWholeServer,
  until,
  type WholeServer,
  type Wire,
} from '../support/whole-server.js';

function commented(comment: string, more: JsonObject = {}): JsonObject {
  return { ...RULE, comment, ...more };
}
function rules(...inbound: JsonObject[]): JsonObject {
  return { rules: { inbound, outbound: [] } };
}

let marks = 0;
/** Edits a group of its own and waits for its rules: whatever was to be published before is on the wire by then. */
async function settled(w: WholeServer, wire: Wire): Promise<readonly string[]> {
  marks += 1;
  const name = `mark-${marks}`;
  const seen = wire.heard.length;
  const { group } = await w.group(name);
  await until(() => wire.keys().includes(`*.*.${name}.*`), `${name} on the wire`);
  await w.reaches(group, 'published');
  return wire
    .keys()
    .slice(seen)
    .filter((key) => !key.startsWith('*.*.mark-') && key !== 'sets');
}

/** Waits until the store knows that agents have the newest sets. */
async function setsRecorded(w: WholeServer): Promise<void> {
  const { store, sets } = w.server.state;
  await until(async () => {
    const stored = await store.get('setting', 'sets_published');
    const text = sets.render().text;
    return stored?.doc.text_sha256 === createHash('sha256').update(text).digest('hex');
  }, 'the sets are recorded');
}

function storeOf(data: string): Promise<Store> {
  return createSqliteStore({ path: loadConfig({ data }).config.store.path });
}

describe('publishing a group', () => {
  it('a burst of edits: few publishes, at most one an interval, the last edit is the last text', async () => {
    const seconds = 0.3;
    const w = await startWholeServer({ set: [`profile_periodic_publish_interval_seconds=${seconds}`] });
    const { ruleset } = await w.group('web');
    const wire = await listenToAll(w.broker);
    const edits = 60;
    for (let n = 1; n <= edits; n += 1) await w.edit('ruleset', ruleset, rules(commented(`edit ${n}`)));
    await until(() => wire.texts('*.*.web.*').at(-1)?.includes(`edit ${edits}`), 'the last edit');
    const sent = wire.heard.filter(({ key }) => key === '*.*.web.*');
    const spanMs = (sent.at(-1)?.at ?? 0) - (sent[0]?.at ?? 0);
    // One more for the jitter of the listener.
    expect(sent.length).toBeLessThanOrEqual(spanMs / (seconds * 1000) + 2);
    expect(sent.length).toBeLessThan(edits / 2);
  });

  it('nothing goes out when the bytes are the same', async () => {
    const w = await startWholeServer();
    const { group, ruleset, profile } = await w.group('web');
    const wire = await listenToAll(w.broker);
    await w.edit('ruleset', ruleset, { name: 'renamed' });
    await w.edit('profile', profile, { description: 'another' });
    await w.edit('group', group, { description: 'another' });
    await w.create('service', { name: 'unused', version: 1, services: [{ protocol: 'tcp', ports: ['22'] }] });
    expect(await settled(w, wire)).toEqual([]);
  });

  it('GET /api/publish sends it again, changed or not', async () => {
    const w = await startWholeServer();
    await w.group('web');
    const wire = await listenToAll(w.broker);
    expect((await w.api('GET', '/api/publish?group=web')).status).toBe(200);
    await until(() => wire.texts('*.*.web.*').length === 1);
    expect(await settled(w, wire)).toEqual([]);
  });

  it('while publishing is paused nothing goes out; afterwards the newest does, once', async () => {
    const w = await startWholeServer();
    const { ruleset } = await w.group('web');
    const wire = await listenToAll(w.broker);
    const pause = (paused: boolean) => w.api('POST', '/api/V2/publishing', { paused });
    expect((await pause(true)).status).toBe(200);
    for (const comment of ['one', 'two', 'three']) await w.edit('ruleset', ruleset, rules(commented(comment)));
    await w.create('zone', { name: 'office', ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] });
    await until(() => {
      const found = w.server.state.outputs.get(w.server.state.world.groupByName('web')?.id ?? '');
      return found?.ruleset.texts.set4.text.includes('three');
    }, 'compiled');
    await until(() => Object.keys(describeOf(w, 'iptables_publisher').held as object).length === 1, 'held');
    expect(wire.keys()).toEqual([]);
    expect((await pause(false)).status).toBe(200);
    await until(() => wire.texts('*.*.web.*').length === 1);
    expect(wire.texts('*.*.web.*')[0]).toContain('three');
    expect(await settled(w, wire)).toEqual([]);
  });
});

function describeOf(w: WholeServer, name: string): JsonObject {
  return (
    w
      .tree()
      .children?.flatMap(({ children }) => children ?? [])
      .find(({ id }) => id === name)?.detail ?? {}
  );
}

describe('what rests on what', () => {
  it('an edit of a shared service reaches all groups that use it, and no other', async () => {
    const w = await startWholeServer();
    const ssh = await w.create('service', { name: 'ssh', version: 1, services: [{ protocol: 'tcp', ports: ['22'] }] });
    for (const name of ['web', 'db']) await w.group(name, [commented('ssh', { service: ssh })]);
    await w.group('cache');
    const wire = await listenToAll(w.broker);
    await w.edit('service', ssh, { services: [{ protocol: 'tcp', ports: ['2222'] }] });
    for (const name of ['web', 'db'])
      await until(() => wire.texts(`*.*.${name}.*`).some((text) => text.includes('--dport 2222')), name);
    expect((await settled(w, wire)).filter((key) => key === '*.*.cache.*')).toEqual([]);
    expect([...wire.keys()].filter((key) => key === '*.*.cache.*')).toEqual([]);
  });

  it('a shared zone renamed: the set of the new name first, then the rules of all groups that name it', async () => {
    const w = await startWholeServer();
    const zone = await w.create('zone', { name: 'office', ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] });
    for (const name of ['web', 'db']) await w.group(name, [commented('in', { group_type: 'ZONE', group: zone })]);
    const wire = await listenToAll(w.broker);
    await w.edit('zone', zone, { name: 'bureau' });
    for (const name of ['web', 'db'])
      await until(() => wire.texts(`*.*.${name}.*`).some((text) => text.includes('bureau_zv4')), name);
    const sets = wire.heard.findIndex(({ key, body }) => key === 'sets' && body.includes('create bureau_zv4'));
    expect(sets).toBeGreaterThanOrEqual(0);
    expect(wire.keys().findIndex((key) => key === '*.*.web.*')).toBeGreaterThan(sets);
    expect(wire.keys().findIndex((key) => key === '*.*.db.*')).toBeGreaterThan(sets);
  });

  it('a group renamed: its rules go to the new name, and those that name it follow', async () => {
    const w = await startWholeServer();
    const { group } = await w.group('web');
    await w.group('db', [commented('from web', { group_type: 'ROLE', group })]);
    const wire = await listenToAll(w.broker);
    await w.edit('group', group, { name: 'front' });
    await until(() => wire.texts('*.*.front.*').length > 0, 'front');
    await until(() => wire.texts('*.*.db.*').some((text) => text.includes('front_gv4')), 'db');
    await w.reaches(group, 'published');
    expect(wire.keys()).not.toContain('*.*.web.*');
    expect(w.server.state.world.groupByName('front')?.hash4_ipsets).toMatch(/^[0-9a-f]{64}$/);
  });

  it('a group deleted: nothing is kept of it, and who names it keeps the last good rules and says why', async () => {
    const w = await startWholeServer();
    const { group } = await w.group('web');
    const db = await w.group('db', [commented('from web', { group_type: 'ROLE', group })]);
    const before = await w.ruleset(db.group);
    const wire = await listenToAll(w.broker);
    expect((await w.api('DELETE', `/api/V2/group/${group}`)).status).toBe(204);
    const broken = await w.reaches(db.group, 'error');
    expect(broken.set4).toEqual(before.set4);
    expect(broken.error).toMatchObject({ reason: 'rule', field: 'group', rule: { direction: 'inbound', index: 0 } });
    await until(() => w.server.state.outputs.get(group) === undefined, 'forgotten');
    await until(async () => (await w.server.state.store.get('ruleset_output', group)) === undefined, 'removed');
    expect(await settled(w, wire)).toEqual([]);
    // The next edit mends it.
    await w.edit('ruleset', db.ruleset, rules(commented('mended')));
    const mended = await w.reaches(db.group, 'published');
    expect(mended.error).toBeNull();
    expect(wire.texts('*.*.db.*').at(-1)).toContain('mended');
  });

  it('a service deleted stops only the groups that use it; made again, it heals them, and equal bytes stay at home', async () => {
    const w = await startWholeServer();
    const ssh = await w.create('service', { name: 'ssh', version: 1, services: [{ protocol: 'tcp', ports: ['22'] }] });
    const web = await w.group('web', [commented('ssh', { service: ssh })]);
    const db = await w.group('db');
    const wire = await listenToAll(w.broker);
    const { json: doc } = await w.api('GET', `/api/V2/service/${ssh}`);
    expect((await w.api('DELETE', `/api/V2/service/${ssh}`)).status).toBe(204);
    const broken = await w.reaches(web.group, 'error');
    expect(broken.error).toMatchObject({ field: 'service', rule: { direction: 'inbound', index: 0 } });
    expect((broken.set4 as { text: string }).text).toContain('--dport 22');
    const { text: gauges } = await metricsOf(w);
    expect(gauges).toMatch(/^dog_trainer_groups_in_error 1$/m);
    await w.edit('ruleset', db.ruleset, rules(commented('db goes on')));
    await until(() => wire.texts('*.*.db.*').length > 0, 'db');
    await w.create('service', doc);
    await w.reaches(web.group, 'published');
    expect(await settled(w, wire)).toEqual([]);
    expect(wire.keys()).not.toContain('*.*.web.*');
  });
});

async function metricsOf(w: WholeServer): Promise<{ readonly text: string }> {
  const response = await fetch(`${w.server.listening.metrics}/metrics`);
  return { text: await response.text() };
}

describe('an agent whose queue listens to another group', () => {
  const KEY = 'moved-host-key';

  it('hears its new group by its own key, and after each ruleset of the old one its own again', async () => {
    const w = await startWholeServer();
    const web = await w.group('web', [commented('web 1')]);
    const db = await w.group('db', [commented('db 1')]);
    const ear = await listenAsAgent(w.broker, { hostkey: KEY, group: 'web' });
    await report(ear.connection, 'force', reportOf(KEY, 'web'));
    const { id } = await until(() => w.host(KEY), 'registered');
    await w.edit('host', id, { group: 'db' });
    const texts = () => ear.rulesets().map(({ ruleset4_ipset }) => String(ruleset4_ipset));
    await until(() => texts().at(-1)?.includes('db 1'), 'its new rules');
    await until(() => ear.heard.some(({ queue }) => queue === 'config'), 'its configuration');
    // A member that does not hear its group.
    await w.edit('ruleset', db.ruleset, rules(commented('db 2')));
    await until(() => texts().at(-1)?.includes('db 2'), 'its group’s edit');
    // A stranger who hears a group that it left.
    ear.clear();
    await w.edit('ruleset', web.ruleset, rules(commented('web 2')));
    await until(() => texts().length === 2, 'the other group’s rules, and its own after them');
    expect(texts()[0]).toContain('web 2');
    expect(texts()[1]).toContain('db 2');
    // It starts anew with its new configuration, is bound to its group, and is spoken to like all others.
    await report(ear.connection, 'force', reportOf(KEY, 'db'));
    await until(() => w.server.state.world.knowledge(KEY)?.bound_group === 'db', 'bound anew');
    const wire = await listenToAll(w.broker);
    await w.edit('ruleset', db.ruleset, rules(commented('db 3')));
    await until(() => wire.texts('*.*.db.*').length > 0, 'the group’s ruleset');
    expect((await settled(w, wire)).filter((key) => key === `*.*.*.${KEY}`)).toEqual([]);
  });
});

describe('a set over the kernel’s limit', () => {
  const many = (count: number): string[] =>
    Array.from({ length: count }, (_, n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
  /** No two next to each other, so that nothing merges. */
  const apart = many(2 * 65_537).filter((_, n) => n % 2 === 0);
  const enlarge = (w: WholeServer, zone: string) =>
    w.server.state.store.commit(
      [{ op: 'edit', table: 'zone', id: zone, edit: (row) => ({ ...row, ipv4_addresses: apart }) }],
      { author: 'test' },
    );

  it('is sent with its last good content, also by the next server; other sets go on', async () => {
    const data = temporaryDirectory();
    const broker = createMemoryBroker();
    const w = await startWholeServer({ data, broker });
    const zone = await w.create('zone', { name: 'office', ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] });
    const other = await w.create('zone', { name: 'other', ipv4_addresses: ['192.0.2.2'], ipv6_addresses: [] });
    await w.group('web', [commented('in', { group_type: 'ZONE', group: zone })]);
    const wire = await listenToAll(broker);
    await enlarge(w, zone);
    await until(() => (describeOf(w, 'ipset_publisher').problems as unknown[]).length === 1, 'the problem is shown');
    await w.edit('zone', other, { ipv4_addresses: ['192.0.2.3'] });
    const newest = () => {
      const body = wire.heard.findLast(({ key }) => key === 'sets')?.body;
      return body === undefined ? '' : decodeRulesPayload(body).ipsets;
    };
    await until(() => newest().includes('add other_zv4n 192.0.2.3'), 'the other set');
    expect(newest()).toContain('add office_zv4n 192.0.2.1\n');
    await w.stop();
    const next = await startWholeServer({ data, broker });
    await next.edit('zone', other, { ipv4_addresses: ['192.0.2.4'] });
    await until(() => newest().includes('add other_zv4n 192.0.2.4'), 'the other set again');
    expect(newest()).toContain('add office_zv4n 192.0.2.1\n');
  });

  it('that never had a good one is empty, and the groups that name it are held back until it is mended', async () => {
    const w = await startWholeServer();
    const zone = await w.create('zone', { name: 'office', ipv4_addresses: [], ipv6_addresses: [] });
    // Loaded too large: it never was anything else while a server ran.
    await w.stop();
    const store = await storeOf(w.data);
    await store.commit(
      [
        { op: 'remove', table: 'zone', id: zone },
        { op: 'create', table: 'zone', doc: { id: 'large', name: 'large', ipv4_addresses: apart, ipv6_addresses: [] } },
      ],
      { author: 'test' },
    );
    await store.close();
    const next = await startWholeServer({ data: w.data, broker: w.broker });
    const wire = await listenToAll(next.broker);
    const { profile } = await next.profile('web', [commented('in', { group_type: 'ZONE', group: 'large' })]);
    const web = await next.create('group', { name: 'web', profile_id: profile });
    await next.reaches(web, 'compiled');
    await until(() => web in (describeOf(next, 'iptables_publisher').held as object), 'held back');
    expect(await settled(next, wire)).toEqual([]);
    await next.edit('zone', 'large', { ipv4_addresses: ['192.0.2.1'] });
    await next.reaches(web, 'published');
    expect(wire.texts('*.*.web.*').at(-1)).toContain('large_zv4');
  });
});

describe('a restart', () => {
  it('keeps nothing of a group that was deleted while nobody ran', async () => {
    const data = temporaryDirectory();
    const w = await startWholeServer({ data });
    const { group } = await w.group('web');
    await w.stop();
    const store = await storeOf(data);
    expect(await store.get('ruleset_output', group)).toBeDefined();
    await store.commit([{ op: 'remove', table: 'group', id: group }], { author: 'test' });
    await store.close();
    const second = await startWholeServer({ data });
    const { store: kept } = second.server.state;
    await until(async () => (await kept.get('ruleset_output', group)) === undefined, 'gone');
  });

  it('publishes nothing that is unchanged, and compiles what was edited while nobody ran', async () => {
    const data = temporaryDirectory();
    const broker = createMemoryBroker();
    const w = await startWholeServer({ data, broker });
    const zone = await w.create('zone', { name: 'office', ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] });
    await w.group('web', [commented('in', { group_type: 'ZONE', group: zone })]);
    const { ruleset } = await w.group('db');
    await setsRecorded(w);
    await w.stop();
    const wire = await listenToAll(broker);
    const second = await startWholeServer({ data, broker });
    expect(await settled(second, wire)).toEqual([]);
    // What all agents have was not sent, only what the new group added to it.
    expect(wire.heard.filter(({ key, body }) => key === 'sets' && !body.includes('mark-'))).toEqual([]);
    await second.stop();

    const store = await storeOf(data);
    await store.commit(
      [
        {
          op: 'edit',
          table: 'ruleset',
          id: ruleset,
          edit: (row) => ({ ...row, rules: { inbound: [commented('in the dark')], outbound: [] } }),
        },
      ],
      { author: 'test' },
    );
    await store.close();
    wire.clear();
    const third = await startWholeServer({ data, broker });
    await until(() => wire.texts('*.*.db.*').some((text) => text.includes('in the dark')), 'db');
    expect(await settled(third, wire)).toEqual([]);
    expect(wire.keys().filter((key) => key === '*.*.web.*' || key === '*.*.db.*')).toEqual(['*.*.db.*']);
  });

  it('publishes what no broker had confirmed', async () => {
    for (const journal of [true, false]) {
      const data = temporaryDirectory();
      const broker = createMemoryBroker();
      const set = [`queuejournal.enabled=${journal}`, 'shutdown_seconds=0.5'];
      const w = await startWholeServer({ data, broker, set });
      const { group, ruleset } = await w.group('web');
      broker.fail('pulled out');
      await w.edit('ruleset', ruleset, rules(commented('unconfirmed')));
      await w.reaches(group, 'compiled');
      await w.stop();
      broker.recover();
      const wire = await listenToAll(broker);
      const next = await startWholeServer({ data, broker, set });
      await until(() => wire.texts('*.*.web.*').at(-1)?.includes('unconfirmed'), `unconfirmed, journal ${journal}`);
      await next.reaches(group, 'published');
    }
  });
});

describe('taking over from another server', () => {
  const HASHES = ['hash4_ipsets', 'hash6_ipsets', 'hash4_iptables', 'hash6_iptables'] as const;

  /** A database as the old server left it: hashes in rows, and nothing of ours. */
  const takenOver = async (): Promise<{ readonly data: string; readonly group: string; readonly ruleset: string }> => {
    const ours = await startWholeServer({ set: ['ruleset_dialect=dog1'] });
    const zone = await ours.create('zone', { name: 'office', ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] });
    const { group, ruleset } = await ours.group('web', [commented('in', { group_type: 'ZONE', group: zone })]);
    const { store } = ours.server.state;
    await setsRecorded(ours);
    const tables = ['group', 'profile', 'ruleset', 'zone', 'service', 'ipset'] as const;
    const docs = await Promise.all(tables.map(async (table) => [table, await store.list(table)] as const));
    const data = temporaryDirectory();
    const old = await storeOf(data);
    await old.commit(
      docs.flatMap(([table, stored]) => stored.map(({ doc }) => ({ op: 'create', table, doc }) as const)),
      { author: 'test' },
    );
    await old.close();
    await ours.stop();
    return { data, group, ruleset };
  };

  it('chooses dog1, finds its hashes to be the same, and sends nothing', async () => {
    const { data, group } = await takenOver();
    const broker = createMemoryBroker();
    const wire = await listenToAll(broker);
    const w = await startWholeServer({ data, broker });
    expect(w.server.state.dialect).toBe('dog1');
    const shown = await w.reaches(group, 'published');
    expect(shown.dialect).toBe('dog1');
    expect(await settled(w, wire)).toEqual([]);
    // What all agents have was not sent, only what the new group added to it.
    expect(wire.heard.filter(({ key, body }) => key === 'sets' && !body.includes('mark-'))).toEqual([]);
    expect(wire.keys()).not.toContain('*.*.web.*');
  });

  it('sends what it writes otherwise, and only that', async () => {
    const { data, group } = await takenOver();
    const store = await storeOf(data);
    await store.commit(
      [{ op: 'edit', table: 'group', id: group, edit: (row) => ({ ...row, [HASHES[0]]: 'f'.repeat(64) }) }],
      { author: 'test' },
    );
    await store.close();
    const broker = createMemoryBroker();
    const wire = await listenToAll(broker);
    const w = await startWholeServer({ data, broker });
    await until(() => wire.keys().includes('*.*.web.*'));
    await w.reaches(group, 'published');
    expect(w.server.state.world.rows('group').get(group)?.[HASHES[0]]).not.toBe('f'.repeat(64));
  });

  it('the choice stands, however much it writes itself later', async () => {
    const { data } = await takenOver();
    const first = await startWholeServer({ data });
    await first.stop();
    expect((await startWholeServer({ data })).server.state.dialect).toBe('dog1');
    expect((await startWholeServer()).server.state.dialect).toBe('dog2');
  });
});
