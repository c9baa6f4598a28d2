import { expect, it } from 'vitest';
import { allSets } from '../../src/actors/publishing/publications.js';
import type { Document } from '../../src/model/document.js';
import type { Change } from '../../src/store/store.js';
import type { Table } from '../../src/model/document.js';
import { RULE } from '../support/api-client.js';
import { startVirtualServer } from '../support/virtual-server.js';
import { listenToAll } from '../support/whole-server.js';

const GROUPS = 1000;
const HOSTS_OF_A_GROUP = 3;
const PROFILES = 100;
const ZONES = 50;

function zone(number: number): Document {
  const addresses = Array.from({ length: 20 }, (_, i) => `198.51.${number}.${2 * i + 1}`);
  return { id: `z${number}`, name: `zone${number}`, ipv4_addresses: addresses, ipv6_addresses: [] };
}

function host(number: number): Document {
  const address = `10.${number >> 8}.${number & 255}.1`;
  return {
    id: `h${number}`,
    hostkey: `key-${number}`,
    name: `host-${number}`,
    group: `group${number % GROUPS}`,
    environment: '*',
    location: '*',
    active: 'active',
    interfaces: JSON.stringify({ eth0: [address, `fd00::${number.toString(16)}`] }),
  };
}

/** Ten groups have the same rules, which name two zones and two groups. */
function rulesOf(profile: number): Document {
  const inbound = [
    ...[profile % ZONES, (profile + 1) % ZONES].map((n) => ({ ...RULE, group_type: 'ZONE', group: `z${n}` })),
    ...[profile, profile + PROFILES].map((n) => ({ ...RULE, group_type: 'ROLE', group: `g${n}` })),
  ];
  return {
    id: `r${profile}`,
    name: `rules${profile}`,
    profile_id: `p${profile}`,
    rules: { inbound: inbound.map((rule, order) => ({ ...rule, order, comment: `${order}` })), outbound: [] },
  };
}

it('one address change costs at most a twentieth of the bytes that all sets to everybody would', async () => {
  const server = await startVirtualServer({
    set: ['ipset_scope=group', 'hashcheck_alert_seconds=8', 'max_interval_since_last_agent_update=1000'],
  });
  const { state } = server.server;
  const put = (table: Table, docs: readonly Document[]): readonly Change[] =>
    docs.map((doc) => ({ op: 'upsert', table, id: doc.id, edit: () => doc }));
  const numbers = (length: number) => Array.from({ length }, (_, i) => i);
  const changes = [
    ...put('zone', numbers(ZONES).map(zone)),
    ...put(
      'profile',
      numbers(PROFILES).map((n) => ({ id: `p${n}`, name: `profile${n}`, version: '1' })),
    ),
    ...put('ruleset', numbers(PROFILES).map(rulesOf)),
    ...put(
      'group',
      numbers(GROUPS).map((n) => ({
        id: `g${n}`,
        name: `group${n}`,
        description: '',
        profile_id: `p${n % PROFILES}`,
        profile_name: `profile${n % PROFILES}`,
        profile_version: 'latest',
      })),
    ),
    ...put('host', numbers(GROUPS * HOSTS_OF_A_GROUP).map(host)),
  ];
  for (let at = 0; at < changes.length; at += 500)
    await server.flow(state.store.commit(changes.slice(at, at + 500), { author: 'test', audit: false }));
  await server.awaits(
    () => [...state.outputs.values()].filter(({ publishedAt }) => publishedAt !== null).length === GROUPS,
    'all groups are published',
  );
  // Once more after the rules.
  await server.pass(10_000);
  const wire = await server.flow(listenToAll(server.broker));
  const moved = { ...host(7), interfaces: JSON.stringify({ eth0: ['10.200.0.1'] }) };
  await server.flow(state.store.commit(put('host', [moved]), { author: 'test' }));
  await server.awaits(() => wire.keys().length >= 10, 'what names the group of this host is sent');
  await server.pass(10_000);
  const named = [...state.outputs.values()].filter(({ ruleset }) => ruleset.sets.includes('group7_gv4'));
  expect(wire.keys().toSorted()).toEqual(named.map(({ groupName }) => `*.*.${groupName}.*`).toSorted());
  const { published } = state.sets;
  if (published === undefined) throw new Error('no sets');
  const fanout = allSets(published, 0).body.byteLength;
  const sent = wire.heard.reduce((sum, { body }) => sum + body.byteLength, 0);
  const hosts = GROUPS * HOSTS_OF_A_GROUP;
  const delivered = (sent * HOSTS_OF_A_GROUP) / (fanout * hosts);
  process.stdout.write(
    `one address change in ${GROUPS} groups: ${wire.heard.length} messages, ${sent} bytes to the broker, ` +
      `${((100 * sent) / fanout).toFixed(2)} % of the fanout's ${fanout}; ${(100 * delivered).toFixed(4)} % of what hosts are sent\n`,
  );
  expect(sent / fanout).toBeLessThanOrEqual(0.05);
});
