import { isIP } from 'node:net';
import type { Connection, RServerConnectionOptions } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import { StoreError } from '../store.js';
import { inTime } from './in-time.js';
import { dialError } from './rethink-errors.js';

export interface RethinkServer {
  readonly host: string;
  readonly port: number;
}

export interface LoginOptions {
  readonly user: string;
  readonly password: string;
  /** Node's TLS options; absent: no TLS. */
  readonly tls?: { readonly ca?: string | Buffer; readonly rejectUnauthorized?: boolean };
  /** Deadline of every call; the driver has none of its own. */
  readonly timeoutMs: number;
}

/**
 * A new connection to one server, logged in. The caller closes it.
 * @throws StoreError why there is none, after `timeoutMs` at the latest; a connection that is made later is closed
 */
export async function connectToServer(server: RethinkServer, db: string, login: LoginOptions): Promise<Connection> {
  const { user, password, tls, timeoutMs } = login;
  // An address is no server name (RFC 6066, section 3); it is checked against the certificate all the same.
  const name = isIP(server.host) === 0 ? { servername: server.host } : {};
  const to: RServerConnectionOptions =
    tls === undefined ? { ...server, tls: false } : { ...server, ...tls, ...name, tls: true };
  const timeout = Math.max(1, Math.ceil(timeoutMs / 1_000));
  const where = `rethinkdb ${server.host}:${server.port}`;
  const made = r.connect({ server: to, db, user, password, timeout, silent: true });
  try {
    return await inTime(
      made,
      timeoutMs,
      () => new StoreError('timeout', `${where} did not answer within ${timeoutMs} ms`),
    );
  } catch (error) {
    made.then((late) => late.close()).catch(() => undefined);
    throw dialError(error, where, { user, tls: tls !== undefined });
  }
}
