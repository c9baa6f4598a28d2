import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { Database } from '../../src/sqlite/database.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

it('the SQL of docs/queries.md runs on a store, and finds what is there', () => {
  const file = join(temporaryDirectory(), 'dog_trainer.db');
  writeFileSync(file, gunzipSync(readFileSync('test/packaging/data-0.1.0/dog_trainer.db.gz')));
  const database = new Database(file, { readonly: true });
  const page = readFileSync('docs/queries.md', 'utf8');
  const queries = [...page.matchAll(/^```sql\n([\s\S]*?)^```$/gm)].map(([, sql = '']) => sql);
  const answers = queries.map((sql) => database.prepare(sql).raw().all());
  database.close();
  expect(answers).toHaveLength(9);
  expect(answers.flat().map(String)).toEqual(
    expect.arrayContaining(['host,1', 'web,new,1', 'office', 'web,web', 'web,ssh from the office']),
  );
});
