import { Database } from '../../../src/sqlite/database.js';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/model/document.js';
import { readRuleset, VARIANTS } from '../../../src/model/stored-ruleset.js';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';
import type { Store } from '../../../src/store/store.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { BY, create } from '../suite/harness.js';

/** A row as versions before table `ruleset_text` wrote it. */
function oldRow(id: string, rule: string, more: JsonObject = {}): JsonObject & { readonly id: string } {
  return {
    id,
    group_name: `group ${id}`,
    ...Object.fromEntries(
      VARIANTS.map((variant) => [variant, { text: `${variant} ${rule} ü\n`, hash: `${rule}-${variant}` }]),
    ),
    dialect: 'dog1',
    sets: ['web_gv4', `${rule}_gv4`],
    compiled_at: 5,
    published_at: 6,
    error: null,
    error_at: null,
    ...more,
  };
}

const FAILED = {
  id: 'failed',
  group_name: 'f',
  compiled_at: null,
  published_at: null,
  error: { reason: 'rule' },
  error_at: 1,
};

/** A database of that version with these rows. */
async function oldDatabase(rows: readonly (JsonObject & { readonly id: string })[]): Promise<string> {
  const path = join(temporaryDirectory(), 'dog_trainer.db');
  const store = await createSqliteStore({ path });
  await store.commit([create('zone', { id: 'z' }), ...rows.map((row) => create('ruleset_output', row))], BY);
  // A change, so that there is a past of the row too.
  for (const { id } of rows)
    await store.commit(
      [{ op: 'edit', table: 'ruleset_output', id, edit: (row) => ({ ...row, compiled_at: row.compiled_at ?? null }) }],
      BY,
    );
  await store.close();
  const db = new Database(path);
  db.pragma('user_version = 1');
  db.close();
  return path;
}

/** The row as it would have been in the old form: nothing of it may be lost. */
async function whole(store: Store, id: string): Promise<JsonObject | undefined> {
  const row = (await store.get('ruleset_output', id))?.doc;
  if (typeof row?.texts !== 'string') return row;
  const ruleset = readRuleset((await store.get('ruleset_text', row.texts))?.doc);
  if (ruleset === undefined) throw new Error(`the texts of ${id} are not there`);
  const { texts: _texts, ...rest } = row;
  const parts = VARIANTS.map((variant): readonly [string, Json] => {
    const { text, hash } = ruleset.texts[variant];
    return [variant, { text, hash }];
  });
  return { ...rest, sets: ruleset.sets, ...Object.fromEntries(parts) };
}

it('a database with a copy of the texts in every row is brought to one copy, and nothing is lost', async () => {
  const rows = [
    ...Array.from({ length: 20 }, (_, n) => oldRow(`same-${n}`, 'common', { published_at: n === 3 ? null : n })),
    oldRow('other', 'other', { error: { reason: 'rule', message: 'no' }, error_at: 7 }),
    FAILED,
  ];
  const path = await oldDatabase(rows);
  for (let start = 1; start <= 2; start += 1) {
    const store = await createSqliteStore({ path });
    for (const row of rows) expect(await whole(store, row.id)).toEqual(row);
    expect(await store.list('ruleset_text')).toHaveLength(2);
    expect(JSON.stringify((await store.get('ruleset_output', 'same-1'))?.doc)).not.toContain('common');
    expect((await store.get('zone', 'z'))?.doc).toEqual({ id: 'z' });
    // It can be written to as ever.
    await store.commit([create('zone', { id: `after-${start}` })], BY);
    await store.close();
  }
});

it('a row that is damaged is not mended in passing: the start says so, as before', async () => {
  const path = await oldDatabase([oldRow('a', 'common'), oldRow('b', 'common')]);
  const db = new Database(path);
  db.prepare(`UPDATE documents SET doc = replace(doc, 'set4 common', 'set4 Common') WHERE id = 'b'`).run();
  db.close();
  await expect(createSqliteStore({ path })).rejects.toMatchObject({ code: 'corrupt' });
});
