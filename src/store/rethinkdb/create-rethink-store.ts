import type { Store } from '../store.js';
import { StoreError } from '../store.js';
import { StoreStatus } from '../store-status.js';
import { Committer } from './committer.js';
import { lookAtDatabase, prepareDatabase } from './prepare-database.js';
import type { LoginOptions, RethinkServer } from './connect-to-server.js';
import { RethinkLink } from './rethink-link.js';
import { RethinkStore } from './rethink-store.js';
import { TableHealth } from './table-health.js';
import { Transaction } from './transaction.js';

export interface RethinkStoreOptions {
  /** Tried in turn; at least one. */
  readonly servers: readonly RethinkServer[];
  /** Default `dog`. */
  readonly db?: string;
  /** Default `admin`, without a password. */
  readonly user?: string;
  readonly password?: string;
  /** Absent: no TLS. */
  readonly tls?: NonNullable<LoginOptions['tls']>;
  /** Deadline of every call; default 10,000 ms. */
  readonly timeoutMs?: number;
  /** Longest wait for the first attempt to connect and to prepare the database; absent: until it is over. */
  readonly openMs?: number;
  /** Over how many seconds changes of one document may be merged in feeds; default 1; 0: never. */
  readonly squashS?: number;
  /** How many changes RethinkDB keeps for a feed that is read too slowly; absent: its own default, 100,000. */
  readonly feedQueueSize?: number;
  /** How often a silent feed is asked whether it lives; default 5,000 ms. */
  readonly pingMs?: number;
  /** How often commits that a dead server left lying are seen to; default 5,000 ms. */
  readonly sweepMs?: number;
  /** How long the audit trail goes back; default 1,000,000 entries, 400 days. */
  readonly audit?: { readonly rows?: number; readonly ageMs?: number };
  /** Only to be looked at: nothing is made in the database or tidied up; tables that are not there seem empty. Default false. */
  readonly readOnly?: boolean;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** Hears what was found and done without being asked. */
  readonly notice?: (message: string) => void;
}

/**
 * Opens the store on a RethinkDB, and makes there what is missing. Resolves after the first attempt to connect, or
 * after `openMs`, also when that failed: an outage is a state (`state()`), and the store goes on trying.
 */
export async function createRethinkStore(options: RethinkStoreOptions): Promise<Store> {
  const {
    servers,
    db = 'dog',
    now = Date.now,
    notice = () => undefined,
    timeoutMs = 10_000,
    readOnly = false,
  } = options;
  const status = new StoreStatus(now);
  const health = new TableHealth(now, (troubles) => status.troubled(troubles));
  let absent: ReadonlySet<string> = new Set();
  let again = false;
  const link = new RethinkLink(
    {
      servers,
      db,
      user: options.user ?? 'admin',
      password: options.password ?? '',
      timeoutMs,
      ...(options.tls !== undefined && { tls: options.tls }),
    },
    status,
    health,
    async (connection) => {
      if (readOnly) absent = await lookAtDatabase(connection);
      else health.gone(await prepareDatabase(connection, db, { again }));
      again = true;
    },
  );
  status.down(new StoreError('unavailable', `${link.where} is not connected yet`));
  await link.start(options.openMs);
  const transaction = new Transaction(link, notice);
  return new RethinkStore({
    link,
    status,
    transaction,
    committer: new Committer(link, transaction, now, timeoutMs),
    feeds: {
      squashS: options.squashS ?? 1,
      pingMs: options.pingMs ?? 5_000,
      ...(options.feedQueueSize !== undefined && { queueSize: options.feedQueueSize }),
    },
    now,
    notice,
    audit: { rows: options.audit?.rows ?? 1_000_000, ageMs: options.audit?.ageMs ?? 400 * 86_400_000 },
    isAbsent: (table) => absent.has(table),
    ...(!readOnly && { sweepMs: options.sweepMs ?? 5_000 }),
  });
}
