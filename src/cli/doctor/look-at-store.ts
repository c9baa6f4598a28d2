import { existsSync } from 'node:fs';
import type { Config } from '../../config/schema.js';
import { withOpenStore } from '../open-store.js';
import { ok, warning, wrong, type Finding } from './finding.js';

/** Whether the store is there: the embedded one as a file, a RethinkDB by reading the names of its tables. */
export async function lookAtStore(config: Config): Promise<readonly Finding[]> {
  const { kind, path, database } = config.store;
  if (kind === 'sqlite') {
    // A server that runs has it open, and looks at it whole when it starts.
    return path === ':memory:' || existsSync(path)
      ? [ok('store', path)]
      : [
          warning(
            'store',
            `there is none at ${path} yet`,
            'it is made at the first start; or store.path names another place',
          ),
        ];
  }
  try {
    await withOpenStore(config, async (store) => store.list('zone'), { readOnly: true, make: false });
    return [ok('store', `the RethinkDB database ${database} answers`)];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [wrong('store', why, 'see that RethinkDB runs, and compare store.servers and rethinkdb_username with it')];
  }
}
