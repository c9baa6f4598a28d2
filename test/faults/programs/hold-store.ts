import { writeSync } from 'node:fs';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';

/** Opens the store at argv[2] and holds it until it is killed; writes one document a millisecond if argv[3] is `busy`. */
const [path = '', how] = process.argv.slice(2);
const store = await createSqliteStore({ path });
writeSync(1, 'open\n');
for (let n = 0; how === 'busy'; n++) {
  await store.commit([{ op: 'create', table: 'zone', doc: { id: `z${n}`, filler: 'x'.repeat(1_000) } }], {
    author: 'busy',
  });
}
setInterval(() => undefined, 1_000);
