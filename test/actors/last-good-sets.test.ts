import { describe, expect, it } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { loadConfig } from '../../src/config/load.js';
import type { JsonObject } from '../../src/model/document.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import type { Change } from '../../src/store/store.js';
import { decodeRulesPayload } from '../../src/wire/messages/rules-payload.js';
import { RULE } from '../support/api-client.js';
import { besideOthers, sideBySide } from '../support/on-test-finished.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import {
  listenAsAgent,
  listenToAll,
  report,
  reportOf,
  startWholeServer,
  until,
  type Ear,
  type WholeServer,
} from '../support/whole-server.js';

function commented(comment: string, more: JsonObject = {}): JsonObject {
  return { ...RULE, comment, ...more };
}

async function alarmsOf(w: WholeServer): Promise<readonly string[]> {
  const { text } = await w.api('GET', '/api/V2/alarms');
  return (JSON.parse(text) as { readonly id: string }[]).map(({ id }) => id);
}
function hasAlarm(w: WholeServer, id: string): Promise<boolean> {
  return alarmsOf(w).then((ids) => ids.includes(id));
}

/** The addresses of a set in a text of sets; `undefined`: it is not there. */
function content(text: string, set: string): readonly string[] | undefined {
  return text.includes(`create ${set} `)
    ? text
        .split('\n')
        .filter((line) => line.startsWith(`add ${set}n `))
        .map((line) => line.split(' ')[2] as string)
    : undefined;
}

let strangers = 0;
/** A host that registers now, and hears what it is sent. */
async function newcomer(w: WholeServer, group: string): Promise<Ear & { readonly hostkey: string }> {
  strangers += 1;
  const hostkey = `newcomer-key-${strangers}`;
  const ear = await listenAsAgent(w.broker, { hostkey, group });
  const { state } = w.server;
  await until(() => state.outputs.get(state.world.groupByName(group)?.id ?? ''), 'its ruleset is known');
  await until(() => state.sets.published, 'the sets are known');
  await report(ear.connection, 'force', reportOf(hostkey, group));
  await until(() => w.host(hostkey), 'registered');
  return { ...ear, hostkey };
}

function rulesOf(ear: Ear): string {
  return String(ear.rulesets().at(-1)?.ruleset4_ipset ?? '');
}

interface Scene {
  readonly zone: string;
  readonly peer: string;
  readonly external: string;
  readonly db: string;
  readonly ruleset: string;
  readonly profile: string;
}

/** Group db names a zone, a group and a set of a linked environment. */
async function scene(w: WholeServer): Promise<Scene> {
  const zone = await w.create('zone', { name: 'office', ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] });
  const peer = await w.create('group', { name: 'web', external_ipv4_addresses: ['192.0.2.2'] });
  const lists = { groups: { far: ['192.0.2.3'] }, zones: {} };
  const none = { groups: {}, zones: {} };
  const external = await w.create('external', { name: 'q1', address_handling: 'prefix', v4: lists, v6: none });
  const db = await w.group('db', [
    commented('office', { group_type: 'ZONE', group: zone }),
    commented('web', { group_type: 'ROLE', group: peer }),
    commented('far', { group_type: 'ROLE', group: 'far', environment: 'q1' }),
  ]);
  return { zone, peer, external, db: db.group, ruleset: db.ruleset, profile: db.profile };
}

const MANY = Array.from({ length: 2 * 65_537 }, (_, n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
const apart = MANY.filter((_, n) => n % 2 === 0);

function edited(table: 'zone' | 'group' | 'external', id: string, change: JsonObject): Change {
  return {
    op: 'edit',
    table,
    id,
    edit: (row) => ({ ...row, ...change }),
  };
}

/** How a set in use can vanish: what is changed, the set, and what it held. */
const WAYS: readonly (readonly [string, (s: Scene) => readonly Change[], string, string])[] = [
  ['its zone is deleted', ({ zone }) => [{ op: 'remove', table: 'zone', id: zone }], 'office_zv4', '192.0.2.1'],
  ['its group is deleted', ({ peer }) => [{ op: 'remove', table: 'group', id: peer }], 'web_gv4', '192.0.2.2'],
  [
    'its zone gets a name that no set can have',
    ({ zone }) => [edited('zone', zone, { name: 'the office' })],
    'office_zv4',
    '192.0.2.1',
  ],
  [
    'its group gets a name that is too long',
    ({ peer }) => [edited('group', peer, { name: 'w'.repeat(27) })],
    'web_gv4',
    '192.0.2.2',
  ],
  [
    'its group gets the name of a built-in one',
    ({ peer, zone }) => [edited('group', peer, { name: 'self' }), { op: 'remove', table: 'zone', id: zone }],
    'web_gv4',
    '192.0.2.2',
  ],
  [
    'its zone is renamed while its users cannot be compiled',
    ({ zone, peer }) => [edited('zone', zone, { name: 'bureau' }), { op: 'remove', table: 'group', id: peer }],
    'office_zv4',
    '192.0.2.1',
  ],
  [
    'its zone grows too large',
    ({ zone }) => [edited('zone', zone, { ipv4_addresses: apart })],
    'office_zv4',
    '192.0.2.1',
  ],
  [
    'its environment is gone',
    ({ external }) => [{ op: 'remove', table: 'external', id: external }],
    'q1#far_gv4',
    '192.0.2.3',
  ],
  [
    'its environment is no longer active',
    ({ external }) => [edited('external', external, { state: 'inactive' })],
    'q1#far_gv4',
    '192.0.2.3',
  ],
  [
    'its environment does not send it any more',
    ({ external }) => [edited('external', external, { v4: { groups: {}, zones: {} } })],
    'q1#far_gv4',
    '192.0.2.3',
  ],
  [
    'its zone is gone, and the profile of its user too',
    ({ zone, profile }) => [
      { op: 'remove', table: 'zone', id: zone },
      { op: 'remove', table: 'profile', id: profile },
    ],
    'office_zv4',
    '192.0.2.1',
  ],
];

describe.concurrent('a set that a last good ruleset names', { timeout: 120_000 }, () => {
  it.for(WAYS)(
    'goes on being published with its last content: %s',
    sideBySide(async ([_way, changes, set, address]) => {
      const data = temporaryDirectory();
      const broker = createMemoryBroker();
      const w = await startWholeServer({ data, broker, set: ['ruleset_dialect=dog2'] });
      const s = await scene(w);
      const first = await newcomer(w, 'db');
      await until(() => rulesOf(first).includes(set), 'the rules');
      await w.server.state.store.commit(changes(s), { author: 'test' });
      const prefix = 'sets.replaced:';
      await until(async () => (await alarmsOf(w)).some((id) => id.startsWith(prefix)), 'the alarm');
      for (const server of [w, 'restarted'] as const) {
        const now =
          server === 'restarted' ? await startWholeServer({ data, broker, set: ['ruleset_dialect=dog2'] }) : server;
        const ear = await newcomer(now, 'db');
        await until(() => rulesOf(ear).includes(set), 'rules for the newcomer');
        expect(content(ear.sets().at(-1) ?? '', set)).toEqual([address]);
        await until(async () => (await alarmsOf(now)).some((id) => id.startsWith(prefix)), 'the alarm');
        const { json } = await now.api('GET', '/readyz');
        expect(JSON.stringify(json.reasons)).toContain(`set ${set}`);
        if (server !== 'restarted') await now.stop();
      }
    }),
  );

  it.for(WAYS)(
    'is found again though it happened while no server ran: %s',
    sideBySide(async ([_way, changes, set, address]) => {
      const data = temporaryDirectory();
      const broker = createMemoryBroker();
      const w = await startWholeServer({ data, broker, set: ['ruleset_dialect=dog2'] });
      const s = await scene(w);
      await w.stop();
      const store = await createSqliteStore({ path: loadConfig({ data }).config.store.path });
      await store.commit(changes(s), { author: 'test' });
      await store.close();
      const wire = await listenToAll(broker);
      const next = await startWholeServer({ data, broker, set: ['ruleset_dialect=dog2'] });
      const ear = await newcomer(next, 'db');
      await until(() => rulesOf(ear).includes(set), 'rules for the newcomer');
      expect(content(ear.sets().at(-1) ?? '', set)).toEqual([address]);
      const sent = wire.heard
        .filter(({ key }) => key === 'sets')
        .map(({ body }) => decodeRulesPayload(body).ipsets ?? '');
      expect(sent.filter((text) => content(text, set)?.[0] !== address)).toEqual([]);
    }),
  );

  it(
    'calls nobody tampered with, is dropped once no ruleset names it, and the alarm ends',
    besideOthers(async () => {
      const w = await startWholeServer();
      const s = await scene(w);
      const wire = await listenToAll(w.broker);
      const hostkey = 'old-host-key';
      const ear = await listenAsAgent(w.broker, { hostkey, group: 'db' });
      const right = (): JsonObject => ({ ...hashesOf(w, 'db') });
      await report(ear.connection, 'force', reportOf(hostkey, 'db', right()));
      const { id } = await until(() => w.host(hostkey), 'registered');
      await w.server.state.store.commit([{ op: 'remove', table: 'zone', id: s.zone }], { author: 'test' });
      await until(() => hasAlarm(w, 'sets.replaced:zone/office'), 'the alarm');
      await report(ear.connection, 'keepalive', reportOf(hostkey, 'db', right()));
      await until(() => w.host(hostkey)?.active === 'active', 'active');
      const drift = (await w.api('GET', `/api/V2/host/${id}/drift`)).json;
      expect(drift).toMatchObject({ differing: [], not_sent: null, error: { field: 'group' } });
      await w.edit('ruleset', s.ruleset, { rules: { inbound: [commented('mended')], outbound: [] } });
      await until(async () => !(await hasAlarm(w, 'sets.replaced:zone/office')), 'the end of the alarm');
      await until(() => {
        const body = wire.heard.findLast(({ key }) => key === 'sets')?.body;
        return body !== undefined && content(decodeRulesPayload(body).ipsets ?? '', 'office_zv4') === undefined;
      }, 'the set is dropped');
      await w.stop();
      const store = await createSqliteStore({ path: loadConfig({ data: w.data }).config.store.path });
      const kept = (await store.list('setting'))
        .map(({ doc }) => doc.id)
        .filter((each) => each.startsWith('last_good_set:'));
      await store.close();
      expect(kept).toEqual([]);
    }),
  );

  it(
    'whose content nobody knows is said to be the reason why nothing is sent',
    besideOthers(async () => {
      const w = await startWholeServer();
      const s = await scene(w);
      await w.stop();
      const store = await createSqliteStore({ path: loadConfig({ data: w.data }).config.store.path });
      const kept = (await store.list('setting')).filter(({ doc }) => doc.id.startsWith('last_good_set:office'));
      expect(kept).toHaveLength(2);
      await store.commit(
        [
          ...kept.map(({ doc }) => ({ op: 'remove', table: 'setting', id: doc.id }) as const),
          { op: 'remove', table: 'zone', id: s.zone },
        ],
        { author: 'test' },
      );
      await store.close();
      const next = await startWholeServer({ data: w.data, broker: w.broker });
      const ear = await newcomer(next, 'db');
      await until(() => hasAlarm(next, 'sets.replaced:zone/office'), 'the alarm');
      const { id } = next.host(ear.hostkey) ?? {};
      const drift = (await next.api('GET', `/api/V2/host/${id}/drift`)).json;
      expect(drift.not_sent).toContain('office_zv4');
      const { json } = await next.api('GET', '/readyz');
      expect(JSON.stringify(json.reasons)).toMatch(/1 are not sent, such as that of db, because the sets office_zv4/);
      const actor = next
        .tree()
        .children?.find(({ id: name }) => name === 'groups_sup')
        ?.children?.find(({ id: name }) => name === `group:${s.db}`);
      expect(JSON.stringify(actor?.detail)).toContain('office_zv4');
      expect(ear.rulesets()).toEqual([]);
    }),
  );
});

function hashesOf(w: WholeServer, group: string): JsonObject {
  const { world } = w.server.state;
  const row = world.groupByName(group);
  const fields = ['hash4_ipsets', 'hash6_ipsets', 'hash4_iptables', 'hash6_iptables'];
  const sets = [...world.rows('ipset').values()].sort((a, b) => Number(b.timestamp) - Number(a.timestamp));
  return { ...Object.fromEntries(fields.map((field) => [field, row?.[field] ?? ''])), ipset_hash: sets[0]?.hash ?? '' };
}
