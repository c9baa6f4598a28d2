import { createHash } from 'node:crypto';
import type { Connection } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { loadConfig } from '../../src/config/load.js';
import { createLogger } from '../../src/log/create-logger.js';
import type { JsonObject } from '../../src/model/document.js';
import { tree, type ActorNode } from '../../src/otp/index.js';
import { startServer } from '../../src/server/start-server.js';
import { client, RULE } from '../support/api-client.js';
import { noOwnRethink, startOwnRethink, type RethinkServer } from '../support/rethinkdb.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { listenAsAgent, listenToAll, QUICK, report, reportOf, until } from '../support/whole-server.js';

if (noOwnRethink !== undefined) process.stdout.write(`a store that refuses skipped: ${noOwnRethink}\n`);

const USER = 'trainer';
const HOST = 'a-host-of-web';
const PATIENT = { timeout: 40_000, interval: 50 };

/** The whole server while RethinkDB refuses it one table. */
describe.skipIf(noOwnRethink !== undefined)(
  `a RethinkDB that refuses one table${noOwnRethink === undefined ? '' : ` (${noOwnRethink})`}`,
  { timeout: 120_000 },
  () => {
    let rethink: RethinkServer;
    let beside: Connection;
    let databases = 0;
    beforeAll(async () => {
      rethink = await startOwnRethink();
      beside = await rethink.connect('rethinkdb');
      await r.table('users').insert({ id: USER, password: 'secret' }).run(beside);
      await r.grant(USER, { read: true, write: true, config: true }).run(beside);
    }, 120_000);
    afterAll(async () => {
      await beside.close();
      await rethink.close();
    });

    /** A server that leads, with a published group and a host that has all of it. */
    const start = async () => {
      databases += 1;
      const db = `dog_refused_${databases}`;
      const { config } = loadConfig({
        data: temporaryDirectory(),
        set: [
          ...QUICK,
          'api.port=0',
          'metrics.port=0',
          'log.level=silent',
          'store.kind=rethinkdb',
          `store.database=${db}`,
          `store.servers=${rethink.host}:${rethink.port}`,
          `rethinkdb_username=${USER}`,
          'rethinkdb_password=secret',
          'rethink_squash_sec=0.1',
          'hashcheck_alert_seconds=0',
          'repair_interval_seconds=0.01',
        ],
      });
      const broker = createMemoryBroker();
      const server = await startServer({ config, logs: createLogger(config.log), broker });
      onTestFinished(async () => void (await server.stop()));
      const api = client(server.listening.api);
      const reasons = async (): Promise<readonly string[]> =>
        (await api('GET', '/readyz')).json['reasons'] as unknown as readonly string[];
      await until(async () => (await reasons()).some((each) => each.startsWith('leading')), 'it leads', PATIENT);
      const make = async (resource: string, doc: JsonObject): Promise<string> => {
        const answer = await api('POST', `/api/V2/${resource}`, doc);
        expect(answer.status, answer.text).toBe(201);
        return answer.json['id'] as string;
      };
      const edit = async (resource: string, id: string, change: JsonObject): Promise<void> => {
        const { id: _id, ...doc } = (await api('GET', `/api/V2/${resource}/${id}`)).json;
        const answer = await api('PUT', `/api/V2/${resource}/${id}`, { ...doc, ...change });
        expect(answer.status, answer.text).toBe(303);
      };
      const zone = await make('zone', { name: 'office', ipv4_addresses: ['10.9.0.1'], ipv6_addresses: [] });
      const profile = await make('profile', { name: 'web', version: '1.0' });
      const rules = (comment: string) => ({ rules: { inbound: [{ ...RULE, comment }], outbound: [] } });
      const ruleset = await make('ruleset', { name: 'web', profile_id: profile, ...rules('first') });
      const group = await make('group', {
        name: 'web',
        description: '',
        profile_id: profile,
        profile_name: 'web',
        profile_version: 'latest',
      });
      const { outputs, sets, confirmedSets, notes } = server.context;
      const outcome = async (): Promise<unknown> => (await api('GET', `/api/V2/group/${group}/ruleset`)).json['state'];
      await until(async () => (await outcome()) === 'published', 'published', PATIENT);
      const ear = await listenAsAgent(broker, { hostkey: HOST, group: 'web' });
      /** A report of a host that runs all that was sent. */
      const agrees = async (): Promise<void> => {
        const texts = outputs.get(group)?.ruleset.texts;
        await report(
          ear.connection,
          'keepalive',
          reportOf(HOST, 'web', {
            hash4_ipsets: texts?.set4.hash ?? '',
            hash6_ipsets: texts?.set6.hash ?? '',
            hash4_iptables: texts?.unset4.hash ?? '',
            hash6_iptables: texts?.unset6.hash ?? '',
            ipset_hash: sets.published?.hash ?? '',
          }),
        );
      };
      await report(ear.connection, 'force', reportOf(HOST, 'web'));
      await until(() => server.context.world.hostByKey(HOST) !== undefined, 'registered', PATIENT);
      await agrees();
      await until(() => server.context.world.hostByKey(HOST)?.['active'] === 'active', 'active', PATIENT);
      // Its address is in the sets now: only what comes after that is counted.
      await until(
        () => sets.published?.text === sets.render().text && outputs.get(group)?.publishedAt !== null,
        'the sets with the host in them',
        PATIENT,
      );
      await until(
        () => confirmedSets.sha === createHash('sha256').update(sets.render().text).digest('hex') && notes.size === 0,
        'all is confirmed and noted',
        PATIENT,
      );
      const wire = await listenToAll(broker);
      const restarts = (node = tree(server.context.system, server.root) as ActorNode): number =>
        (node.restarts ?? 0) + (node.children ?? []).reduce((sum, child) => sum + restarts(child), 0);
      return {
        db,
        server,
        api,
        reasons,
        wire,
        ear,
        agrees,
        restarts,
        outcome,
        group,
        editZone: (address: string) => edit('zone', zone, { ipv4_addresses: [address] }),
        editRules: (comment: string) => edit('ruleset', ruleset, rules(comment)),
        sent: (comment: string) => wire.texts('*.*.web.*').filter((text) => text.includes(comment)).length,
        setsSent: () => wire.keys().filter((key) => key === 'sets').length,
        grant: (table: string, write: boolean) => r.db(db).table(table).grant(USER, { write }).run(beside),
      };
    };
    const named = (reasons: readonly string[], table: string): boolean =>
      reasons.some((each) => each.startsWith(`alarm store.table:${table}: `) && each.includes('`write` permission'));

    it('notes of what is published: it goes on, once, and hosts that have it are not suspected', async () => {
      const s = await start();
      for (const table of ['ipset', 'group']) await s.grant(table, false);
      await until(async () => named(await s.reasons(), 'ipset') && named(await s.reasons(), 'group'), 'named', PATIENT);
      await s.editZone('10.9.0.2');
      await s.editRules('second');
      await until(() => s.sent('second') === 1 && s.setsSent() === 1, 'published', PATIENT);
      await until(() => s.server.context.notes.size === 2, 'noted in memory', PATIENT);
      // The host has it all: nothing differs, so nothing is sent to it again, however often it reports.
      for (let n = 0; n < 5; n += 1) await s.agrees();
      await s.editRules('third');
      await until(() => s.sent('third') === 1, 'published too', PATIENT);
      await s.agrees();
      await s.agrees();
      const { drift } = s.server.context;
      await until(() => s.server.context.deadLetters.total === 0 && drift.get(HOST) === undefined, 'no drift', PATIENT);
      expect([s.sent('second'), s.setsSent()]).toEqual([1, 1]);
      expect(s.wire.keys().filter((key) => key.endsWith(HOST))).toEqual([]);
      expect(s.restarts()).toBe(0);
      for (const table of ['ipset', 'group']) await s.grant(table, true);
      await until(() => s.server.context.notes.size === 0, 'noted', PATIENT);
      await until(async () => !(await s.reasons()).some((each) => each.includes('store.table')), 'over', PATIENT);
      const hash = s.server.context.sets.published?.hash;
      const stored = await r
        .db(s.db)
        .table('ipset')
        .orderBy(r.desc('timestamp') as string)
        .limit(1)
        .run(beside);
      expect((stored as readonly JsonObject[])[0]?.['hash']).toBe(hash);
      expect(await s.outcome()).toBe('published');
      expect([s.sent('second'), s.sent('third'), s.setsSent()]).toEqual([1, 1, 1]);
    });

    it('a crash of a publisher while its notes are refused sends nothing again', async () => {
      const s = await start();
      // Without the setting nothing in the store says what was confirmed. The lease, which is there too, lasts a minute.
      for (const table of ['ipset', 'group', 'setting']) await s.grant(table, false);
      await s.editZone('10.9.0.3');
      await s.editRules('fourth');
      await until(() => s.sent('fourth') === 1 && s.setsSent() === 1, 'published', PATIENT);
      await until(() => s.server.context.confirmedSets.unrecorded().length === 1, 'confirmed', PATIENT);
      const { system } = s.server.context;
      for (const name of ['ipset_publisher', 'iptables_publisher']) {
        const before = system.whereis(name);
        if (before === undefined) throw new Error(`no ${name}`);
        system.exit(before, 'kill', before);
        await until(() => system.whereis(name) !== undefined && system.whereis(name) !== before, 'a new one', PATIENT);
      }
      await s.editRules('fifth');
      await until(() => s.sent('fifth') === 1, 'published too', PATIENT);
      expect([s.sent('fourth'), s.setsSent()]).toEqual([1, 1]);
    });

    it('what must be kept before it is sent waits, without a crash, and goes out when it can', async () => {
      const s = await start();
      await s.grant('ruleset_output', false);
      await s.editRules('sixth');
      await until(async () => named(await s.reasons(), 'ruleset_output'), 'named', PATIENT);
      await s.editZone('10.9.0.4');
      await until(() => s.setsSent() === 1, 'sets do not rest on it', PATIENT);
      expect(s.sent('sixth')).toBe(0);
      await s.grant('ruleset_output', true);
      await until(() => s.sent('sixth') === 1, 'published', PATIENT);
      expect(s.restarts()).toBe(0);
    });

    it('an edit over the API is answered 503 with the table and the permission; a report waits', async () => {
      const s = await start();
      await s.grant('zone', false);
      await s.grant('host', false);
      const answer = await s.api('POST', '/api/V2/zone', { name: 'z', ipv4_addresses: [], ipv6_addresses: [] });
      expect([answer.status, answer.text]).toEqual([503, expect.stringMatching(/table zone: .*`write` permission/)]);
      await s.agrees();
      await until(async () => named(await s.reasons(), 'host'), 'named', PATIENT);
      await s.grant('host', true);
      await until(() => s.server.context.world.hostByKey(HOST)?.['ipset_hash'] !== '', 'taken', PATIENT);
      expect(s.restarts()).toBe(0);
    });
  },
);
