import { writeSync } from 'node:fs';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';

/** Writes argv[3] documents to the store at argv[2], one after the other, and says when it asks and when it is answered. */
const [path = '', count = '0'] = process.argv.slice(2);
const store = await createSqliteStore({ path });
for (let n = 0; n < Number(count); n++) {
  writeSync(1, `asked ${n}\n`);
  await store.commit([{ op: 'create', table: 'zone', doc: { id: `z${n}` } }], { author: 'trial' });
  writeSync(1, `answered ${n}\n`);
}
await store.close();
