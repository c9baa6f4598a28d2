import { join } from 'node:path';
import { r } from 'rethinkdb-ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { loadConfig } from '../../src/config/load.js';
import { createLogger } from '../../src/log/create-logger.js';
import { POLICY_TABLES, type JsonObject } from '../../src/model/document.js';
import { startServer } from '../../src/server/start-server.js';
import { client, type Client } from '../support/api-client.js';
import { noRethink, startRethink, type RethinkServer } from '../support/rethinkdb.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { QUICK, until } from '../support/whole-server.js';

if (noRethink !== undefined) process.stdout.write(`the whole server on RethinkDB skipped: ${noRethink}\n`);

const GROUP = { description: '', profile_id: 'p', profile_name: 'web', profile_version: 'latest' };

function comparison(api: Client): Promise<JsonObject> {
  return until(
    async () => {
      const { json } = await api('GET', '/api/V2/observe');
      return json['loading'] === false ? json : undefined;
    },
    'the comparison',
    { timeout: 20_000, interval: 50 },
  );
}

describe.skipIf(noRethink !== undefined)(
  `the whole server on RethinkDB${noRethink === undefined ? '' : ` (${noRethink})`}`,
  () => {
    let rethink: RethinkServer;
    beforeAll(async () => {
      rethink = await startRethink();
    }, 120_000);
    afterAll(() => rethink.close());

    const keys = (database: string): readonly string[] => [
      'store.kind=rethinkdb',
      `store.database=${database}`,
      `store.servers=${rethink.host}:${rethink.port}`,
      'rethink_squash_sec=0.1',
    ];
    const cli = (database: string | undefined, data: string, ...args: string[]) =>
      runCliInProcess([
        ...args,
        '--data',
        data,
        ...(database === undefined ? [] : keys(database).flatMap((key) => ['--set', key])),
      ]);

    const start = async (database: string, observe: boolean) => {
      const { config } = loadConfig({
        data: temporaryDirectory(),
        set: [...QUICK, 'api.port=0', 'metrics.port=0', 'log.level=silent', ...keys(database)],
      });
      const broker = createMemoryBroker();
      const server = await startServer({ config, logs: createLogger(config.log), broker, observe });
      onTestFinished(async () => void (await server.stop()));
      const api = client(server.listening.api);
      // It is up before it has asked the store whether it leads.
      await until(async () => (await api('GET', '/readyz')).status === 200, 'ready', { timeout: 20_000, interval: 50 });
      return { server, api };
    };

    it('makes the database, takes policy over the API, and publishes it', async () => {
      const { api, server } = await start('dog_fresh', false);
      await until(async () => (await api('GET', '/readyz')).status === 200, 'the database is made', {
        timeout: 20_000,
        interval: 50,
      });
      const profile = (await api('POST', '/api/V2/profile', { name: 'web', version: '1.0' })).json['id'] as string;
      const made = await api('POST', '/api/V2/group', { ...GROUP, name: 'web', profile_id: profile });
      expect(made.status).toBe(201);
      const path = `/api/V2/group/${made.json['id'] as string}/ruleset`;
      await until(async () => (await api('GET', path)).json['state'] === 'published', 'the publish', {
        timeout: 20_000,
        interval: 50,
      });
      expect((await api('GET', '/readyz')).status).toBe(200);
      await server.stop();

      // What this server settled in a store of its own is known to an observer too.
      const observer = await start('dog_fresh', true);
      const found = await comparison(observer.api);
      expect(found).toMatchObject({ dialect: 'dog2', sets: { state: 'same' } });
      expect((found['groups'] as unknown as readonly JsonObject[]).map(({ state }) => state)).toEqual(['same']);
    }, 60_000);

    it("observes another server's database without adding a table or a word to it", async () => {
      const db = 'dog_old';
      const connection = await rethink.connect(db);
      onTestFinished(async () => void (await connection.close()));
      await r.dbCreate(db).run(connection);
      for (const table of POLICY_TABLES) await r.tableCreate(table).run(connection);
      await r.table('profile').insert({ id: 'p', name: 'web', version: '1.0' }).run(connection);
      await r
        .table('group')
        .insert({ ...GROUP, id: 'g', name: 'web', hash4_ipsets: 'stranger' })
        .run(connection);
      const content = async (): Promise<unknown> => {
        const tables = (await r.tableList().run(connection)).sort();
        return Promise.all(tables.map(async (table) => [table, await r.table(table).orderBy('id').run(connection)]));
      };
      const before = await content();
      const { api, server } = await start(db, true);
      const found = await comparison(api);
      expect(found).toMatchObject({ dialect: 'dog1', sets: { state: 'differs', stored: null } });
      const [group] = found['groups'] as unknown as readonly JsonObject[];
      expect(group).toMatchObject({ id: 'g', state: 'differs' });
      expect((await api('GET', '/readyz')).json).toMatchObject({ ready: true });
      await server.stop();
      expect(await content()).toEqual(before);

      // The same database, moved into an embedded store.
      const data = temporaryDirectory();
      const file = join(data, 'policy.json');
      expect(await cli(db, data, 'export', file)).toMatchObject({ code: 0, err: '' });
      expect((await cli(db, data, 'import', file, '--dry-run')).out).toContain(
        'would be: 0 created, 0 changed, 2 unchanged',
      );
      expect(await content()).toEqual(before);
      const moved = await cli(undefined, data, 'import', file);
      expect(moved).toMatchObject({ code: 0, err: expect.stringContaining('dialect dog1') as string });
      expect(moved.out).toContain('imported: 2 created');
    }, 60_000);
  },
);
