import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Document } from '../../src/model/document.js';
import type { Store } from '../../src/store/store.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { Watcher } from '../store/suite/harness.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { runTypescript } from '../support/typescript-child.js';

const KILLS = process.env['TRIALS'] === 'full' ? 200 : 8;
const WRITER = new URL('./programs/write-until-killed.ts', import.meta.url);

/** Trial 1, the store's part: kill -9 at random moments during writes. */
it(`every answered write survives kill -9, none is half there, no change is lost (${KILLS} kills)`, async () => {
  const path = join(temporaryDirectory(), 'dog_trainer.db');
  const answered = new Map<string, number>();
  const watched: Record<'zone' | 'group', Watched> = { zone: new Watched(), group: new Watched() };
  await afterwards(path, async (store) => {
    for (const table of ['zone', 'group'] as const) await watched[table].follow(store, table);
  });
  let writes = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    for (const line of await writeAndKill(path, writes)) {
      const [id = '', n = ''] = line.split(' ');
      answered.set(id, Math.max(answered.get(id) ?? 0, Number(n)));
      writes = Math.max(writes, Number(n));
    }
    await afterwards(path, async (store) => {
      await allThere(store, answered);
      for (const table of ['zone', 'group'] as const) await watched[table].follow(store, table);
      // The next writer counts on from what is there, answered or not.
      for (const { doc } of await store.list('zone')) writes = Math.max(writes, Number(doc['n']));
    });
  }
  expect(answered.size).toBeGreaterThan(50);
  const changes = watched.zone.changes + watched.group.changes;
  process.stdout.write(
    `trial 1: ${KILLS} kills, ${writes} writes, ${answered.size} documents, ${changes} changes followed\n`,
  );
}, 1_200_000);

async function writeAndKill(path: string, from: number): Promise<readonly string[]> {
  const child = runTypescript(WRITER, [path, String(from)]);
  await child.firstLine;
  await sleep(5 + Math.random() * 250);
  child.process.kill('SIGKILL');
  expect(await child.ended).toEqual({ code: null, signal: 'SIGKILL' });
  return child.lines.slice(1);
}

async function afterwards(path: string, look: (store: Store) => Promise<void>): Promise<void> {
  const store = await createSqliteStore({ path, replayLimit: 1_000_000 });
  try {
    await look(store);
  } finally {
    await store.close();
  }
}

/** The newest answered write of each document is there or a later one, in both tables alike, with its audit entry. */
async function allThere(store: Store, answered: ReadonlyMap<string, number>): Promise<void> {
  const groups = new Map((await store.list('group')).map(({ doc }) => [doc.id, doc['n']]));
  const zones = new Map((await store.list('zone')).map(({ doc }) => [doc.id, doc]));
  expect([...zones].map(([id, doc]) => [id, doc['n']])).toEqual([...groups]);
  for (const [id, n] of answered) {
    const doc = zones.get(id);
    expect(Number(doc?.['n']), `answered write of ${id}`).toBeGreaterThanOrEqual(n);
    expect(doc?.['filler']).toBe('x'.repeat(Number(doc?.['n']) % 5_000));
    const [entry] = await store.audit({ table: 'zone', id, limit: 1 });
    expect(entry?.after).toEqual(doc);
  }
}

/** A watcher that was away while the store was written to and killed, and follows by the change history alone. */
class Watched {
  changes = 0;
  #cursor: string | undefined;
  #rows = new Map<string, Document>();

  async follow(store: Store, table: 'zone' | 'group'): Promise<void> {
    const first = this.#cursor === undefined;
    const watcher = new Watcher(store, table, this.#cursor, this.#rows);
    // A marker through the feed: all that was there before it has then been told.
    const done = `marker-${Math.random()}`;
    await watcher.until(({ events }) => events.length > 0 || !first);
    await store.commit([{ op: 'create', table, doc: { id: done } }], { author: 'trial', audit: false });
    await watcher.until(({ rows }) => rows.has(done));
    await store.commit([{ op: 'remove', table, id: done }], { author: 'trial', audit: false });
    await watcher.until(({ rows }) => !rows.has(done));
    await watcher.feed.close();
    const types = watcher.events.map(({ type }) => type);
    expect(types.includes('snapshot'), 'history was resumed, not begun anew').toBe(first);
    for (const event of watcher.events) if (event.type === 'changes') this.changes += event.changes.length;
    const listed = (await store.list(table)).map(({ doc }): [string, Document] => [doc.id, doc]);
    expect(new Map([...watcher.rows].sort())).toEqual(new Map(listed.sort()));
    this.#cursor = watcher.cursor;
    this.#rows = watcher.rows;
  }
}
