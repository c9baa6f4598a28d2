import { r } from 'rethinkdb-ts';
import { StoreError } from '../store.js';
import { connectToServer, type LoginOptions, type RethinkServer } from './connect-to-server.js';
import { inTime } from './in-time.js';

/**
 * The releases of the servers of a RethinkDB cluster, each once, as `rethinkdb 2.4.4~0bookworm (GCC 12.2.0)`. Asks the
 * first server that answers. Rejects when none does in time, or when this user may not read the database `rethinkdb`.
 */
export async function rethinkVersions(
  servers: readonly RethinkServer[],
  login: LoginOptions,
): Promise<readonly string[]> {
  let failure: unknown = new Error('no server is configured');
  for (const server of servers) {
    try {
      const connection = await connectToServer(server, 'rethinkdb', login);
      try {
        const asked = r.table<{ process: { version: string } }>('server_status').run(connection);
        const rows = await inTime(
          asked,
          login.timeoutMs,
          () => new StoreError('timeout', `${server.host}:${server.port} does not tell its release`),
        );
        return [...new Set(rows.map((row) => row.process.version))].sort();
      } finally {
        await connection.close();
      }
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
