import { describe, expect, it } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { loadConfig } from '../../src/config/load.js';
import type { Document, Json, JsonObject, Table } from '../../src/model/document.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import type { Change } from '../../src/store/store.js';
import { decodeRulesPayload } from '../../src/wire/messages/rules-payload.js';
import { RULE } from '../support/api-client.js';
import { sideBySide } from '../support/on-test-finished.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { listenToAll, report, reportOf, startWholeServer, until, type WholeServer } from '../support/whole-server.js';

type Id = 'zone' | 'peer' | 'db' | 'ruleset' | 'profile' | 'service' | 'external' | 'host';
type Ids = Readonly<Record<Id, string>>;

const HOST = 'broken-host-key';

/** A group that rests on a document of every kind, and a host in it. */
async function scene(w: WholeServer, hasUnset: boolean): Promise<Ids> {
  const zone = await w.create('zone', {
    name: 'office',
    ipv4_addresses: ['192.0.2.1'],
    ipv6_addresses: ['2001:db8::1'],
  });
  const addresses = { external_ipv4_addresses: ['192.0.2.2'], external_ipv6_addresses: ['2001:db8::2'] };
  const peer = await w.create('group', { name: 'web', ...addresses });
  const service = await w.create('service', {
    name: 'ssh',
    version: 1,
    services: [{ protocol: 'tcp', ports: ['22'] }],
  });
  const lists = (address: string) => ({ groups: { far: [address] }, zones: {} });
  const external = await w.create('external', {
    name: 'q1',
    address_handling: 'prefix',
    v4: lists('192.0.2.3'),
    v6: lists('2001:db8::3'),
  });
  const db = await w.group('db', [
    { ...RULE, comment: 'office', group_type: 'ZONE', group: zone, service },
    { ...RULE, comment: 'web', group_type: 'ROLE', group: peer },
    { ...RULE, comment: 'far', group_type: 'ROLE', group: 'far', environment: 'q1' },
    { ...RULE, comment: 'all', group_type: 'ROLE', group: 'all-active' },
    { ...RULE, comment: 'self', group_type: 'ROLE', group: 'self' },
  ]);
  const connection = await w.broker.connect();
  const said = reportOf(HOST, 'db', { interfaces: '{"eth0":["192.0.2.4","2001:db8::4"]}' });
  await report(connection, 'force', said);
  await until(() => w.host(HOST), 'registered');
  await report(connection, 'keepalive', said);
  const row = await until(() => (w.host(HOST)?.active === 'active' ? w.host(HOST) : undefined), 'active');
  await connection.close();
  await until(() => w.server.state.sets.published?.text.includes(' 192.0.2.4\n'), 'the sets with the host');
  // Texts without sets hold the host's address: they are made anew once it is active.
  await until(async () => {
    const { state, unset4 } = await w.ruleset(db.group);
    return state === 'published' && (!hasUnset || JSON.stringify(unset4).includes('192.0.2.4'));
  }, 'the ruleset with the host');
  return { zone, peer, service, external, db: db.group, ruleset: db.ruleset, profile: db.profile, host: row.id };
}

const OF: Readonly<Record<Id, Table>> = {
  zone: 'zone',
  peer: 'group',
  db: 'group',
  ruleset: 'ruleset',
  profile: 'profile',
  service: 'service',
  external: 'external',
  host: 'host',
};

const ABSENT = undefined;

/** Document, field, and what no write over the API could have left there. */
const BROKEN: readonly (readonly [Id, string, Json | undefined])[] = [
  ['ruleset', 'rules', ABSENT],
  ['ruleset', 'rules', null],
  ['ruleset', 'rules', 'none'],
  ['ruleset', 'rules', []],
  ['ruleset', 'rules', {}],
  ['ruleset', 'rules', { inbound: null, outbound: [] }],
  ['ruleset', 'rules', { inbound: [], outbound: {} }],
  ['ruleset', 'rules', { outbound: [] }],
  ['ruleset', 'rules', { inbound: [null], outbound: [] }],
  ['ruleset', 'rules', { inbound: ['accept'], outbound: [] }],
  ['ruleset', 'profile_id', null],
  ['ruleset', 'profile_id', 7],
  ['profile', 'rules', null],
  ['profile', 'docker', { yes: true }],
  ['db', 'profile_id', null],
  ['db', 'profile_id', 7],
  ['db', 'name', null],
  ['db', 'name', 5],
  ['peer', 'name', 5],
  ['peer', 'name', ABSENT],
  ['peer', 'external_ipv4_addresses', null],
  ['peer', 'external_ipv4_addresses', '192.0.2.2'],
  ['peer', 'external_ipv6_addresses', { a: '2001:db8::2' }],
  ['zone', 'name', ABSENT],
  ['zone', 'name', 5],
  ['zone', 'ipv4_addresses', null],
  ['zone', 'ipv4_addresses', ABSENT],
  ['zone', 'ipv4_addresses', '192.0.2.1'],
  ['zone', 'ipv4_addresses', { 0: '192.0.2.1' }],
  ['zone', 'ipv4_addresses', [null]],
  ['zone', 'ipv4_addresses', [3_221_225_985]],
  ['zone', 'ipv6_addresses', null],
  ['zone', 'ipv6_addresses', 6],
  ['service', 'name', null],
  ['service', 'services', ABSENT],
  ['service', 'services', null],
  ['service', 'services', [{ protocol: 'tcp' }]],
  ['service', 'services', [{ protocol: 'tcp', ports: [22] }]],
  ['service', 'services', [{ protocol: 6, ports: ['22'] }]],
  ['service', 'services', ['tcp/22']],
  ['external', 'name', 5],
  ['external', 'state', 5],
  ['external', 'v4', null],
  ['external', 'v4', ABSENT],
  ['external', 'v4', { groups: null, zones: {} }],
  ['external', 'v4', { groups: { far: null }, zones: {} }],
  ['external', 'v6', []],
  ['host', 'group', 5],
  ['host', 'group', null],
  ['host', 'active', null],
  ['host', 'active', 'ACTIVE'],
  ['host', 'interfaces', null],
  ['host', 'interfaces', 5],
  ['host', 'interfaces', 'eth0'],
  ['host', 'interfaces', '{"eth0":"192.0.2.4"}'],
  ['host', 'interfaces', '{"eth0":["192.0.2.4"'],
];

function breaking(ids: Ids, what: Id, field: string, value: Json | undefined): Change {
  return {
    op: 'edit',
    table: OF[what],
    id: ids[what],
    edit: (row) => {
      const { [field]: _old, ...rest } = row;
      return { ...rest, ...(value === undefined ? {} : { [field]: value }) } as Document;
    },
  };
}

async function alarmIds(w: WholeServer): Promise<readonly string[]> {
  const { text } = await w.api('GET', '/api/V2/alarms');
  return (JSON.parse(text) as { readonly id: string }[]).map(({ id }) => id);
}

function hashOf(w: WholeServer): string {
  return w.server.state.sets.render().hash;
}
/** Texts of the group and hash of the sets, as hosts have them. */
async function inForce(w: WholeServer, ids: Ids): Promise<JsonObject> {
  const { set4, set6 } = await w.ruleset(ids.db);
  return { set4: set4 ?? null, set6: set6 ?? null, sets: hashOf(w) };
}

/** All that agents are sent until a marker has come through, as texts. */
async function sentUntilMark(w: WholeServer, wire: Awaited<ReturnType<typeof listenToAll>>, mark: string) {
  await w.group(mark);
  await until(() => wire.keys().includes(`*.*.${mark}.*`), mark);
  return {
    rules: wire.texts('*.*.db.*'),
    sets: wire.heard.filter(({ key }) => key === 'sets').map(({ body }) => decodeRulesPayload(body).ipsets ?? ''),
  };
}

const KEPT = [
  '192.0.2.1',
  '192.0.2.2',
  '192.0.2.3',
  '192.0.2.4',
  '2001:db8::1',
  '2001:db8::2',
  '2001:db8::3',
  '2001:db8::4',
];

/** How many servers share the documents that are broken while they run: most of a case is waiting for their next look. */
const LANES = 6;

/** Breaks each of these in turn on one server, mends it again, and says what was not as it should be. */
async function brokenWhileItRuns(broken: typeof BROKEN): Promise<readonly string[]> {
  const data = temporaryDirectory();
  const broker = createMemoryBroker();
  const set = ['ruleset_dialect=dog2', 'generate_unset_tables=true'];
  let w = await startWholeServer({ data, broker, set });
  const ids = await scene(w, true);
  await until(() => Object.keys(w.server.state.sets.published?.contents ?? {}) && hashOf(w), 'sets');
  const before = await inForce(w, ids);
  const wrong: string[] = [];
  for (const [n, [what, field, value]] of broken.entries()) {
    const id = `store.malformed:${OF[what]}/${ids[what]}`;
    const is = `${what}.${field} = ${JSON.stringify(value)}`;
    const good = (await w.server.state.store.get(OF[what], ids[what]))?.doc as Document;
    const wire = await listenToAll(broker);
    await w.server.state.store.commit([breaking(ids, what, field, value)], { author: 'test' });
    await until(async () => (await alarmIds(w)).includes(id), `the alarm for ${is}`).catch(() =>
      wrong.push(`${is}: no alarm`),
    );
    // Now and then over a restart: it takes a while.
    const restart = n % 4 === 0;
    if (restart) {
      await w.stop();
      w = await startWholeServer({ data, broker, set });
      await until(async () => (await alarmIds(w)).includes(id), `the alarm for ${is}`).catch(() =>
        wrong.push(`${is}: no alarm again`),
      );
      await until(() => w.server.state.outputs.get(ids.db), 'its ruleset');
    }
    const sent = await sentUntilMark(w, wire, `mark-${n}`);
    if (sent.rules.length > 0) wrong.push(`${is}: rules were sent`);
    for (const text of sent.sets)
      for (const address of KEPT) if (!text.includes(` ${address}\n`)) wrong.push(`${is}: ${address} was taken away`);
    const now = await inForce(w, ids);
    for (const key of ['set4', 'set6'])
      if (JSON.stringify(now[key]) !== JSON.stringify(before[key])) wrong.push(`${is}: ${key}`);
    if (now.sets !== before.sets) wrong.push(`${is}: the sets are others`);
    await w.server.state.store.commit(
      [{ op: 'edit', table: OF[what], id: ids[what], edit: (row) => ({ ...good, id: row.id }) }],
      { author: 'test' },
    );
    await until(async () => !(await alarmIds(w)).includes(id), `the end of the alarm for ${is}`).catch(() =>
      wrong.push(`${is}: the alarm stays`),
    );
  }
  return wrong;
}

describe('a stored document that is malformed', { timeout: 120_000 }, () => {
  it('opens and empties nothing while the server runs and after a restart, and is shown', async () => {
    const lanes = Array.from({ length: LANES }, (_, lane) => BROKEN.filter((_each, n) => n % LANES === lane));
    expect((await Promise.all(lanes.map(brokenWhileItRuns))).flat()).toEqual([]);
  }, 600_000);

  it.concurrent.for(BROKEN)(
    'opens and empties nothing at a start after nobody watched: %s.%s = %j',
    sideBySide(async ([what, field, value]) => {
      const data = temporaryDirectory();
      const broker = createMemoryBroker();
      const set = ['ruleset_dialect=dog2', 'generate_unset_tables=false'];
      const w = await startWholeServer({ data, broker, set });
      const ids = await scene(w, false);
      const before = await inForce(w, ids);
      await w.stop();
      const store = await createSqliteStore({ path: loadConfig({ data }).config.store.path });
      await store.commit([breaking(ids, what, field, value)], { author: 'test' });
      await store.close();
      const wire = await listenToAll(broker);
      const next = await startWholeServer({ data, broker, set });
      const id = `store.malformed:${OF[what]}/${ids[what]}`;
      await until(async () => (await alarmIds(next)).includes(id), 'the alarm');
      await until(() => next.server.state.outputs.get(ids.db), 'its ruleset');
      const sent = await sentUntilMark(next, wire, 'mark');
      expect(sent.rules).toEqual([]);
      for (const text of sent.sets) expect(KEPT.filter((address) => !text.includes(` ${address}\n`))).toEqual([]);
      const now = await inForce(next, ids);
      expect({ set4: now.set4, set6: now.set6 }).toEqual({ set4: before.set4, set6: before.set6 });
    }),
  );
});
