import { writeSync } from 'node:fs';
import type { Change } from '../../../src/store/store.js';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';

/**
 * Writes to the store at argv[2] until it is killed, and prints each answered write: `<key> <n>`. One commit writes `n`
 * to a zone and to a group, so that half of a commit could be seen. argv[3] is the number of the first write. With
 * `in-two-commits` as argv[4] it is written as if commits were not atomic.
 */
const [path = '', from = '0', how] = process.argv.slice(2);
const store = await createSqliteStore({ path });
let n = Number(from);

async function write(writer: number): Promise<void> {
  for (;;) {
    const id = `w${writer}-${n % 50}`;
    const mine = ++n;
    const changes: readonly Change[] = [
      { op: 'upsert', table: 'zone', id, edit: () => ({ id, n: mine, filler: 'x'.repeat(mine % 5_000) }) },
      { op: 'upsert', table: 'group', id, edit: () => ({ id, n: mine }) },
    ];
    for (const commit of how === 'in-two-commits' ? changes.map((change) => [change]) : [changes]) {
      const result = await store.commit(commit, { author: `writer ${writer}` });
      if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.failure)}`);
    }
    // Synchronous: once the line is in the pipe the write counts as answered, whatever happens to this process.
    writeSync(1, `${id} ${mine}\n`);
  }
}

writeSync(1, 'ready\n');
await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)));
