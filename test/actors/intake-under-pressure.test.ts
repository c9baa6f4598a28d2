import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import type { Change, Store } from '../../src/store/store.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { report, reportOf, startWholeServer, until } from '../support/whole-server.js';

/** A store that does something before each commit. */
function withBefore(store: Store, before: (changes: readonly Change[]) => Promise<void> | void): Store {
  return new Proxy(store, {
    get(target, key) {
      if (key === 'commit') {
        return async (...[changes, how]: Parameters<Store['commit']>) => {
          await before(changes);
          return target.commit(changes, how);
        };
      }
      const member: unknown = Reflect.get(target, key);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

it('a store that hangs stops the intake at its prefetch; the rest stays with the broker, and all is handled in the end', async () => {
  const broker = createMemoryBroker();
  const data = temporaryDirectory();
  let go: () => void = () => undefined;
  let hanging: Promise<void> | undefined = new Promise((resolve) => (go = resolve));
  let asked = 0;
  const store = withBefore(await createSqliteStore({ path: join(data, 'dog_trainer.db') }), (changes) => {
    if (!changes.some(({ table }) => table === 'host')) return undefined;
    asked++;
    return hanging;
  });
  const w = await startWholeServer({ broker, data, store, set: ['intake.prefetch=5'] });
  const agents = await broker.connect();
  for (let n = 0; n < 50; n++) await report(agents, 'force', reportOf(`host-with-key-${n}`, 'web'));
  await until(() => asked === 5, 'five are at the store');
  // A sixth would have come with the five: nothing stands between the broker and the store but the prefetch.
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(asked).toBe(5);
  expect((await agents.inspectQueue('ips'))?.messageCount).toBe(45);
  expect((await w.api('GET', '/api/healthcheck')).status).toBe(200);
  hanging = undefined;
  go();
  await until(() => w.server.state.world.rows('host').size === 50, 'all are handled');
  expect((await agents.inspectQueue('ips'))?.messageCount).toBe(0);
  await agents.close();
});

it('a report that its host dies of is a dead letter after its tries, with the reason; its neighbours are handled', async () => {
  const broker = createMemoryBroker();
  const data = temporaryDirectory();
  let deaths = 0;
  const store = withBefore(await createSqliteStore({ path: join(data, 'dog_trainer.db') }), (changes) => {
    if (!changes.some((change) => change.op === 'create' && change.doc.hostkey === 'poisoned-hostkey')) return;
    deaths++;
    throw new TypeError('poison');
  });
  const w = await startWholeServer({ broker, data, store, set: ['intake.max_tries=3'] });
  const agents = await broker.connect();
  await report(agents, 'force', reportOf('poisoned-hostkey', 'web'));
  await report(agents, 'force', reportOf('neighbour-hostkey', 'web'));
  await until(() => w.host('neighbour-hostkey'), 'the neighbour is handled');
  const letters = await until(() => {
    if (w.server.state.deadLetters.total === 0) return undefined;
    const text = readFileSync(join(data, 'dead-letters.ndjson'), 'utf8');
    return text === '' ? undefined : text.trim().split('\n');
  }, 'a dead letter');
  expect(letters.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    {
      queue: 'ips',
      reason: 'not_handled',
      hostkey: 'poisoned-hostkey',
      detail: expect.stringContaining('failed on it again and again') as string,
    },
  ]);
  expect(deaths).toBe(3);
  expect((await agents.inspectQueue('ips'))?.messageCount).toBe(0);
  await agents.close();
});
