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
    if (why.includes(`Database \`${database}\` does not exist`)) {
      const advice = 'it is made at the first start; or store.database names another';
      return [...version, warning('store', `RethinkDB has no database ${database} yet`, advice)];
    }
    return [...version, wrong('store', why, adviceFor(why, config))];
  }
}

/** The release of RethinkDB; empty: no server answers, or its own tables are only for its administrator. */
async function versionOf(config: Config): Promise<readonly Finding[]> {
  const { rethinkdb_username: user, rethinkdb_password: password = '', rethink_timeout_ms: timeoutMs } = config;
  try {
    const tls = trustedByStore(config);
    const login = { user, password, timeoutMs, ...(tls === undefined ? {} : { tls }) };
    const versions = await rethinkVersions(rethinkServers(config), login);
    const text = versions.join('; ');
    if (versions.some(isOld)) return [warning('RethinkDB', `${text}: older than 2.4`, OLD)];
    if (versions.length > 1) return [warning('RethinkDB', text, 'bring all servers of the cluster to one release')];
    return [ok('RethinkDB', text)];
  } catch {
    // The finding about the store says what is wrong; without these rights nothing is.
    return [];
  }
}

const OLD = 'upgrade RethinkDB to 2.4, the release that this server is tried with';

function isOld(version: string): boolean {
  const [, major = '', minor = ''] = /^rethinkdb (\d+)\.(\d+)/.exec(version) ?? [];
  return major !== '' && (Number(major) < 2 || (Number(major) === 2 && Number(minor) < 4));
}

/** What to look at, for what `dialError` and RethinkDB itself say. */
function adviceFor(why: string, { rethinkdb_username: user, store }: Config): string {
  if (/ the login as /.test(why))
    return "compare rethinkdb_username and rethinkdb_password with r.db('rethinkdb').table('users')";
  if (/ does not have the required /.test(why))
    return `give the user its rights: r.db('${store.database}').grant('${user}', {read: true, write: true, config: true})`;
  if (/ certificate | TLS /.test(why))
    return 'compare store.tls, store.cacertfile and store.servers with the certificate of RethinkDB';
  if (/ does not answer as a RethinkDB /.test(why))
    return 'name its driver port (28015 unless its driver-port says otherwise); upgrade RethinkDB where it is older';
  return 'see that RethinkDB runs, and that store.servers (or rethinkdb_host and rethinkdb_port) names its driver port, open from here';
}
