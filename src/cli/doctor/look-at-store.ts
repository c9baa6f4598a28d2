import { existsSync } from 'node:fs';
import { rethinkServers } from '../../config/rethink-servers.js';
import type { Config } from '../../config/schema.js';
import { trustedByStore } from '../../server/opening/create-store.js';
import { rethinkVersions } from '../../store/rethinkdb/rethink-versions.js';
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
    return [ok('store', `the RethinkDB database ${database} answers`), ...(await versionOf(config))];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // A server that answers, but not as it should, tells its release all the same.
    const version = await versionOf(config);
    return [
      ...version,
      wrong('store', why, 'see that RethinkDB runs, and compare store.servers and rethinkdb_username with it'),
    ];
  }
}

/** The release of RethinkDB; empty: no server answers, or its own tables are only for its administrator. */
async function versionOf(config: Config): Promise<readonly Finding[]> {
  const { rethinkdb_username: user, rethinkdb_password: password = '', rethink_timeout_ms: timeoutMs } = config;
  try {
    const tls = trustedByStore(config);
    const servers = rethinkServers(config);
    const versions = await rethinkVersions({
      servers,
      user,
      password,
      timeoutMs,
      ...(tls === undefined ? {} : { tls }),
    });
    const advice = 'bring all servers of the cluster to one release';
    return [
      versions.length > 1 ? warning('RethinkDB', versions.join('; '), advice) : ok('RethinkDB', versions.join('')),
    ];
  } catch {
    // The finding about the store says what is wrong; without these rights nothing is.
    return [];
  }
}
