import { describe, expect, it } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { loadConfig } from '../../src/config/load.js';
import type { JsonObject } from '../../src/model/document.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { createLogger } from '../../src/log/create-logger.js';
import { startServer } from '../../src/server/start-server.js';
import { client, RULE } from '../support/api-client.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import {
  listenToAll,
  QUICK,
  report,
  reportOf,
  startWholeServer,
  until,
  type WholeServer,
  type Wire,
} from '../support/whole-server.js';

const OLD = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
/** What an agent reports that hashes the text of its command. */
const QUOTED = {
  hash4_ipsets: 'bbfaeb52735bc693c01dae7f639036495380becf80b36d0d25d61f4b3ef49bd0',
  hash6_ipsets: 'd8431cac08b1be6ada4f9b3d586e633773fb42586970a72f4254bdf4ddb2889c',
};
const NONE = { hash4_ipsets: '', hash6_ipsets: '', hash4_iptables: '', hash6_iptables: '', ipset_hash: '' };
const RULE_HASHES = ['hash4_ipsets', 'hash6_ipsets', 'hash4_iptables', 'hash6_iptables'] as const;
const KEYS = ['host-number-1', 'host-number-2', 'host-number-3'] as const;

type Row = 'right' | 'wrong' | 'silent' | 'quoted' | 'inactive and wrong' | JsonObject;

interface TakenOver {
  readonly data: string;
  readonly group: string;
  readonly ruleset: string;
  /** What a host reports that has all of ours. */
  readonly ours: JsonObject;
}

/**
 * A database as another server leaves it: a group and a hash of all sets in another spelling than ours, nothing of ours,
 * and rows of hosts that hold what they last reported.
 */
async function takenOver(rows: readonly Row[], change: JsonObject = {}): Promise<TakenOver> {
  const ours = await startWholeServer({ set: ['ruleset_dialect=dog1'] });
  const { store, sets, world } = ours.server.context;
  const zone = await ours.create('zone', { name: 'office', ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] });
  const { group, ruleset } = await ours.group('web', [{ ...RULE, group_type: 'ZONE', group: zone }]);
  const hosts = rows.map((_row, at) => ({
    ...reportOf(String(KEYS[at]), 'web', { interfaces: `{"eth0":["10.1.1.${at + 1}"]}` }),
    active: 'active',
    keepalive_timestamp: Math.floor(Date.now() / 1000),
    hash_fail_count: 0,
    ipset_hash_timestamp: '',
    iptables_hash_timestamp: '',
  }));
  await until(async () => (await store.get('group', group))?.doc.hash4_ipsets !== undefined, 'hashes in the row');
  const row = (await store.get('group', group))?.doc ?? { id: '' };
  await store.commit(
    hosts.map((doc) => ({ op: 'create', table: 'host', doc }) as const),
    { author: 'test' },
  );
  await until(() => world.rows('host').size === rows.length, 'the hosts');
  const right: JsonObject = {
    ipset_hash: sets.render().hash,
    ...Object.fromEntries(RULE_HASHES.map((field) => [field, row[field] ?? ''])),
  };
  const tables = ['group', 'profile', 'ruleset', 'zone', 'service'] as const;
  const docs = await Promise.all(tables.map(async (table) => [table, await store.list(table)] as const));
  await ours.stop();

  const data = temporaryDirectory();
  const old = await createSqliteStore({ path: loadConfig({ data }).config.store.path });
  const reported = (kind: Row): JsonObject =>
    typeof kind !== 'string'
      ? { ...right, ...kind }
      : {
          right,
          wrong: { ...right, hash4_ipsets: OTHER },
          silent: NONE,
          quoted: { ...right, ...QUOTED },
          'inactive and wrong': { ...right, hash4_ipsets: OTHER, active: 'inactive' },
        }[kind];
  await old.commit(
    [
      ...docs.flatMap(([table, stored]) =>
        stored.map(
          ({ doc }) =>
            ({
              op: 'create',
              table,
              doc: table === 'group' ? { ...doc, hash4_ipsets: OLD, hash6_ipsets: OLD, ...change } : doc,
            }) as const,
        ),
      ),
      ...hosts.map(
        (doc, at) => ({ op: 'create', table: 'host', doc: { ...doc, ...reported(rows[at] ?? {}) } }) as const,
      ),
      { op: 'create', table: 'ipset', doc: { hash: OLD, timestamp: Math.floor(Date.now() / 1000) - 3600 } },
    ],
    { author: 'another server' },
  );
  await old.close();
  return { data, group, ruleset, ours: right };
}

interface Next {
  readonly w: WholeServer;
  readonly wire: Wire;
}

async function startOn(data: string, set: readonly string[] = []): Promise<Next> {
  const broker = createMemoryBroker();
  const wire = await listenToAll(broker);
  return { w: await startWholeServer({ data, broker, set }), wire };
}

/** Whatever was to be published before is on the wire when a group of our own is. */
async function sentBeside({ w, wire }: Next): Promise<readonly string[]> {
  await w.group('mark');
  await until(() => wire.keys().includes('*.*.mark.*'), 'the mark');
  return wire.heard
    .filter(({ key, body }) => key !== '*.*.mark.*' && !(key === 'sets' && body.includes('mark')))
    .map(({ key }) => key);
}

function published(w: WholeServer, ipsetHash: unknown): Promise<unknown> {
  return until(
    async () => (await w.server.context.store.list('ipset')).some(({ doc }) => doc.hash === ipsetHash),
    'our hash of the sets in the store',
  );
}

describe('taking over where stored hashes are of another spelling', () => {
  it('hosts that report our text are sent nothing, and our hashes are stored', async () => {
    const { data, group, ours } = await takenOver(['right', 'right']);
    const next = await startOn(data);
    await next.w.reaches(group, 'published');
    await published(next.w, ours.ipset_hash);
    await until(() => next.w.server.context.world.rows('group').get(group)?.hash4_ipsets === ours.hash4_ipsets);
    expect(await sentBeside(next)).toEqual([]);

    await next.w.stop();
    const again = await startOn(data);
    await again.w.reaches(group, 'published');
    expect((await again.w.ruleset(group)).state).toBe('published');
    expect(again.wire.keys().filter((key) => key !== 'sets')).toEqual([]);
  });

  it('a later edit goes out as ever', async () => {
    const { data, group, ruleset } = await takenOver(['right']);
    const { w, wire } = await startOn(data);
    await w.reaches(group, 'published');
    expect(wire.keys()).not.toContain('*.*.web.*');
    await w.edit('ruleset', ruleset, { rules: { inbound: [{ ...RULE, comment: 'edited' }], outbound: [] } });
    await until(() => wire.texts('*.*.web.*').some((text) => text.includes('edited')), 'the edit');
  });

  it.each<readonly [string, readonly Row[]]>([
    ['hosts that cannot show their rules', ['right', 'quoted']],
    ['hosts that are not in use', ['right', 'inactive and wrong']],
  ])('%s do not count', async (_what, rows) => {
    const { data, group } = await takenOver(rows);
    const next = await startOn(data);
    await next.w.reaches(group, 'published');
    expect(await sentBeside(next)).not.toContain('*.*.web.*');
  });

  it.each<readonly [string, readonly Row[], readonly string[]]>([
    ['no host has our text', ['wrong', 'wrong'], []],
    ['no host can show its rules', ['quoted'], []],
    ['the group has no hosts', [], []],
    ['a host differs and nobody repairs', ['right', 'wrong'], ['repair=false']],
    ['only the text that is not enforced is ours', [{ hash4_ipsets: OTHER, hash6_ipsets: OTHER }], []],
    ['only IPv6 is another', [{ hash6_ipsets: OTHER }], []],
    ['IPv6 is not compared, so that nobody knows', ['right'], ['check_v6_hashes=false']],
  ])('%s: the group is published', async (_what, rows, set) => {
    const { data, group } = await takenOver(rows);
    const { w, wire } = await startOn(data, set);
    await until(() => wire.keys().includes('*.*.web.*'), 'the ruleset');
    await w.reaches(group, 'published');
  });

  it('a host that differs is repaired by its own key, and only it', async () => {
    const { data, group, ours } = await takenOver(['right', 'wrong']);
    const next = await startOn(data, ['hashcheck_alert_seconds=0', 'max_hash_fail_count=1']);
    await next.w.reaches(group, 'published');
    await published(next.w, ours.ipset_hash);
    const connection = await next.w.broker.connect();
    const interfaces = (n: number): JsonObject => ({ interfaces: `{"eth0":["10.1.1.${n}"]}` });
    await report(connection, 'keepalive', reportOf(KEYS[0], 'web', { ...ours, ...interfaces(1) }));
    const key = `*.*.*.${KEYS[1]}`;
    await until(async () => {
      await report(
        connection,
        'keepalive',
        reportOf(KEYS[1], 'web', { ...ours, ...interfaces(2), hash4_ipsets: OTHER }),
      );
      return next.wire.texts(key).length > 0;
    }, 'the repair');
    expect((await sentBeside(next)).filter((each) => each !== key)).toEqual([]);
    await connection.close();
  });

  it('sets go to the one host that lacks them, not to all', async () => {
    const { data, ours } = await takenOver(['right', { ipset_hash: OTHER }]);
    const { w, wire } = await startOn(data, ['hashcheck_alert_seconds=0', 'max_hash_fail_count=1']);
    await published(w, ours.ipset_hash);
    const connection = await w.broker.connect();
    const wrong = { ...ours, interfaces: '{"eth0":["10.1.1.2"]}', ipset_hash: OTHER };
    const key = `*.*.*.${KEYS[1]}`;
    await until(async () => {
      await report(connection, 'keepalive', reportOf(KEYS[1], 'web', wrong));
      return wire.keys().includes(key);
    }, 'the repair');
    expect(wire.keys().filter((each) => each !== key)).toEqual([]);
    await connection.close();
  });

  it('sets that no host has go to all', async () => {
    const { data } = await takenOver([{ ipset_hash: OTHER }]);
    const { wire } = await startOn(data);
    await until(() => wire.keys().includes('sets'), 'the sets');
  });

  it('rows without hashes: hosts are waited for, and one that has our text is sent nothing', async () => {
    const { data, group, ours } = await takenOver(['silent', 'silent']);
    const next = await startOn(data);
    const { w } = next;
    await until(() => w.server.context.outputs.awaited.has(group), 'the wait');
    // Both wait: a report that comes sooner is compared with the hash of the sets that the other server stored.
    await until(() => w.server.context.confirmedSets.takeover === 'waits', 'the wait with the sets');
    expect(JSON.stringify(w.tree())).toContain('have yet to report');
    const connection = await w.broker.connect();
    for (const n of [1, 2])
      await report(
        connection,
        'keepalive',
        reportOf(String(KEYS[n - 1]), 'web', { ...ours, interfaces: `{"eth0":["10.1.1.${n}"]}` }),
      );
    await w.reaches(group, 'published');
    await published(w, ours.ipset_hash);
    expect(w.host(KEYS[0])).toMatchObject({ hash_fail_count: 0 });
    expect(w.server.context.outputs.awaited.size).toBe(0);
    expect(await sentBeside(next)).toEqual([]);
    await connection.close();
  });

  it('rows without hashes: what nobody reports is published after the wait', async () => {
    const { data, group } = await takenOver(['silent']);
    const { w, wire } = await startOn(data, ['takeover_wait_seconds=1']);
    await until(() => wire.keys().includes('*.*.web.*'), 'the ruleset');
    await w.reaches(group, 'published');
    expect(wire.keys().indexOf('sets')).toBeLessThan(wire.keys().indexOf('*.*.web.*'));
  });

  it('rows without hashes: an edit does not wait', async () => {
    const { data, group, ruleset } = await takenOver(['silent']);
    const { w, wire } = await startOn(data);
    await until(() => w.server.context.outputs.awaited.has(group), 'the wait');
    await w.edit('ruleset', ruleset, { rules: { inbound: [{ ...RULE, comment: 'edited' }], outbound: [] } });
    await until(() => wire.texts('*.*.web.*').some((text) => text.includes('edited')), 'the edit');
    expect(w.server.context.outputs.awaited.size).toBe(0);
  });

  it('rows without hashes: a group that is renamed meanwhile is published under its new name', async () => {
    const { data, group } = await takenOver(['silent']);
    const { w, wire } = await startOn(data);
    await until(() => w.server.context.outputs.awaited.has(group), 'the wait');
    await w.edit('group', group, { name: 'renamed' });
    await until(() => wire.keys().includes('*.*.renamed.*'), 'the ruleset');
    expect(wire.keys()).not.toContain('*.*.web.*');
  });
});

describe('start --observe, where stored hashes are of another spelling', () => {
  const observed = async (data: string): Promise<JsonObject> => {
    const { config } = loadConfig({ data, set: [...QUICK, 'api.port=0', 'metrics.port=0', 'log.level=silent'] });
    const server = await startServer({
      config,
      logs: createLogger(config.log),
      broker: createMemoryBroker(),
      observe: true,
    });
    try {
      const api = client(server.listening.api);
      return await until(async () => {
        const { json } = await api('GET', '/api/V2/observe');
        return json.loading === false ? json : undefined;
      }, 'the comparison');
    } finally {
      await server.stop();
    }
  };

  it('says that hosts already hold our text', async () => {
    const { data } = await takenOver(['right', 'quoted']);
    const found = await observed(data);
    const note = 'hosts already hold our text';
    expect(found.groups).toMatchObject([
      { name: 'web', state: 'held_by_hosts', note, hosts: { right: 1, wrong: 0, silent: 0 } },
    ]);
    expect(found.sets).toMatchObject({ state: 'held_by_hosts', note, stored: OLD, hosts: { right: 2 } });
  });

  it('says that a group differs whose hosts do, and how many', async () => {
    const { data } = await takenOver(['right', 'wrong', { ...NONE }]);
    const found = await observed(data);
    expect(found.groups).toMatchObject([{ state: 'differs', hosts: { right: 1, wrong: 1, silent: 1 } }]);
    expect(found.sets).toMatchObject({ state: 'differs', hosts: { right: 2, wrong: 0, silent: 1 } });
  });
});
