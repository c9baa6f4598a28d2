import { writeSync } from 'node:fs';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';

/**
 * Writes argv[3] documents to the store at argv[2], one after the other, and says when it asks and when it is answered.
 * With `without-sync` as argv[4] the store's log is not synced: what trial 1 must find out.
 */
const [path = '', count = '0', how] = process.argv.slice(2);
function careless() {
  return { sync: () => Promise.resolve(), close: () => undefined };
}
const store = await createSqliteStore({ path, ...(how === 'without-sync' ? { openLog: careless } : {}) });
for (let n = 0; n < Number(count); n++) {
  writeSync(1, `asked ${n}\n`);
  await store.commit([{ op: 'create', table: 'zone', doc: { id: `z${n}` } }], { author: 'trial' });
  writeSync(1, `answered ${n}\n`);
}
await store.close();
