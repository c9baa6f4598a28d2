import { r, type RServerConnectionOptions } from 'rethinkdb-ts';
import type { LinkOptions } from './rethink-link.js';

/**
 * The releases of the servers of a RethinkDB cluster, each once, as `rethinkdb 2.4.4~0bookworm (GCC 12.2.0)`. Asks the
 * first server that answers. Rejects when none does, or when this user may not read the database `rethinkdb`.
 */
export async function rethinkVersions(
  options: Pick<LinkOptions, 'servers' | 'user' | 'password' | 'tls' | 'timeoutMs'>,
): Promise<readonly string[]> {
  const { servers, user, password, tls, timeoutMs } = options;
  const timeout = Math.max(1, Math.ceil(timeoutMs / 1000));
  let failure: unknown = new Error('no server is configured');
  for (const server of servers) {
    const to: RServerConnectionOptions =
      tls === undefined ? { ...server, tls: false } : { ...server, ...tls, tls: true };
    try {
      const connection = await r.connect({ server: to, user, password, timeout, silent: true });
      try {
        const rows = await r.db('rethinkdb').table<{ process: { version: string } }>('server_status').run(connection);
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
