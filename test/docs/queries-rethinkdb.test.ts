import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import type { Connection } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import { expect, it, onTestFinished } from 'vitest';
import { createRethinkStore } from '../../src/store/rethinkdb/create-rethink-store.js';
import { noRethink, startRethink } from '../support/rethinkdb.js';
import { BY, create, written } from '../store/suite/harness.js';

const HOUR_S = 3_600;

it.skipIf(noRethink !== undefined)(
  'the ReQL of docs/queries.md runs on a RethinkDB, and finds what is there',
  { timeout: 120_000 },
  async () => {
    const server = await startRethink();
    onTestFinished(() => server.close());
    const store = await createRethinkStore({ servers: [server], db: 'dog' });
    const now = Date.now() / 1000;
    const host = (id: string, more: object) =>
      create('host', { id, name: id, hostkey: id, group: 'web', hash_fail_count: 0, hash_alert_sent: '', ...more });
    written(
      await store.commit(
        [
          host('here', { active: 'active', keepalive_timestamp: now }),
          host('silent', { active: 'inactive', keepalive_timestamp: now - 2 * HOUR_S }),
          host('told', { active: 'active', keepalive_timestamp: now, hash_alert_sent: now, hash_fail_count: 3 }),
          host('never', { active: 'new', keepalive_timestamp: '' }),
          create('group', { id: 'g', name: 'web', profile_id: 'p' }),
          create('profile', { id: 'p', name: 'web', version: '1' }),
          create('profile', { id: 'q', name: 'unused', version: '1' }),
          create('zone', { id: 'z', name: 'office', ipv4_addresses: ['192.0.2.0/24'], ipv6_addresses: [] }),
          create('zone', { id: 'y', name: 'elsewhere', ipv4_addresses: ['198.51.100.1'], ipv6_addresses: [] }),
          create('ruleset', {
            id: 'r',
            name: 'web',
            profile_id: 'p',
            rules: { inbound: [{ service: 'SERVICE-ID' }], outbound: [] },
          }),
        ],
        BY,
      ),
    );
    await store.close();
    const connection: Connection = await server.connect('dog');
    onTestFinished(() => connection.close().then(() => undefined));
    const page = readFileSync('docs/queries.md', 'utf8');
    const statements = [...page.matchAll(/^```js\n([\s\S]*?)^```$/gm)].flatMap(([, text = '']) =>
      text.trim().split('\n'),
    );
    const answers: unknown[] = [];
    for (const statement of statements) {
      const term = runInNewContext(statement, { r }) as { run(on: Connection): Promise<unknown> };
      answers.push(await term.run(connection));
    }
    expect(answers).toMatchObject([
      [
        { group: 'active', reduction: 2 },
        { group: 'inactive', reduction: 1 },
        { group: 'new', reduction: 1 },
      ],
      expect.arrayContaining(
        ['here', 'never', 'silent', 'told'].map((name) => expect.objectContaining({ name }) as object),
      ),
      [{ name: 'silent', active: 'inactive' }],
      [{ name: 'told', group: 'web', hash_fail_count: 3 }],
      [{ group: 'web', profile: 'web' }],
      ['unused'],
      ['office'],
      ['web'],
      expect.arrayContaining([
        {
          name: 'host',
          status: {
            all_replicas_ready: true,
            ready_for_outdated_reads: true,
            ready_for_reads: true,
            ready_for_writes: true,
          },
        },
      ]),
      expect.arrayContaining([expect.objectContaining({ index: 'hostkey', ready: true }) as object]),
      null,
    ]);
  },
);
