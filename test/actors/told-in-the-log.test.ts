import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import type { JsonObject } from '../../src/model/document.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { report, reportOf, startWholeServer, until, type WholeServer } from '../support/whole-server.js';

const KEY = 'talked-of-host-1';

async function started(broker = createMemoryBroker()) {
  const logs = temporaryDirectory();
  const w = await startWholeServer({ broker, set: ['log.level=info', `log.dir=${logs}`] });
  const agent = await broker.connect();
  const said = (part: string): readonly JsonObject[] =>
    readFileSync(join(logs, 'console.log'), 'utf8')
      .split('\n')
      .filter((line) => line.includes(part))
      .map((line) => JSON.parse(line) as JsonObject);
  return { w, agent, said };
}

/** Reports this, and sees it stored. */
async function says(
  { w, agent }: { readonly w: WholeServer; readonly agent: Parameters<typeof report>[0] },
  more: JsonObject & { readonly version: string },
): Promise<void> {
  await report(agent, w.host(KEY) === undefined ? 'force' : 'keepalive', reportOf(KEY, 'web', more));
  await until(() => w.host(KEY)?.version === more.version, `the report ${more.version}`);
}

it('an agent whose environment is not * hears nothing: said once, and again after it was right for a while', async () => {
  const all = await started();
  for (const version of ['1', '2', '3']) await says(all, { version, environment: 'qa' });
  await says(all, { version: '4' });
  await says(all, { version: '5', location: 'moon' });
  // The row is seen a moment before its actor says what it thinks of it.
  const told = await until(() => {
    const lines = all.said('must both be *');
    return lines.length >= 2 ? lines : undefined;
  }, 'the second line');
  expect(told.map(({ hostkey, environment, location }) => [hostkey, environment, location])).toEqual([
    [KEY, 'qa', '*'],
    [KEY, '*', 'moon'],
  ]);
});

it('a host whose interfaces were never readable is missing from the sets: said once, with its name', async () => {
  const all = await started();
  await all.w.group('web');
  // No agent's report gets that far any more, but databases hold such rows.
  const row = { id: 'row-1', hostkey: KEY, name: 'old.example.net', group: 'web', active: 'active' };
  const { store } = all.w.server.state;
  const edit = () => ({ ...row, interfaces: 'undefined' });
  await store.commit([{ op: 'upsert', table: 'host', id: row.id, edit }], { author: 'test' });
  const [line] = await until(() => {
    const lines = all.said('not all of it is in the sets');
    return lines.length > 0 ? lines : undefined;
  }, 'the line');
  expect(line).toMatchObject({ table: 'host', id: row.id, name: row.name });
  await all.w.group('db');
  expect(all.said('not all of it is in the sets')).toHaveLength(1);
});

it('a host whose interfaces become unreadable keeps its last good ones in the sets, and an alarm says so', async () => {
  const all = await started();
  await all.w.group('web');
  for (const version of ['1', '2']) await says(all, { version });
  const before = all.w.host(KEY)?.interfaces;
  const id = all.w.host(KEY)?.id as string;
  await all.w.edit('host', id, { interfaces: 'undefined' });
  const alarm = `store.malformed:host/${id}`;
  const told = await until(() => all.w.server.state.alarms.get(alarm), 'the alarm');
  expect(told.text).toContain('its last good value stands in for it');
  expect(all.w.host(KEY)?.interfaces).toBe(before);
  expect(all.said('not all of it is in the sets')).toEqual([]);
});

it('a queue of the old installation that nobody consumes is named', async () => {
  const broker = createMemoryBroker();
  const old = await broker.connect();
  await old.declareQueue({ name: 'file_transfer', durable: true, autoDelete: false, exclusive: false });
  const { said } = await started(broker);
  expect(said('fills for ever')).toMatchObject([{ queue: 'file_transfer', messages: 0 }]);
});
