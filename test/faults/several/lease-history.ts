import { r } from 'rethinkdb-ts';
import type { RethinkServer } from '../../support/rethinkdb.js';

/** The lease as it was at some time. */
export interface LeaseVersion {
  readonly term: number;
  readonly holder: string;
  readonly name: string;
  /** Epoch milliseconds by the store's clock; 0: given up. */
  readonly expiresAt: number;
  /** When it was seen here, epoch milliseconds: never before it was written. */
  readonly seenAt: number;
}

/** Every version of the lease, in the store's order. */
export interface LeaseHistory {
  readonly versions: readonly LeaseVersion[];
  close(): Promise<void>;
}

/** Follows the lease by a changefeed of its own. The database must have been made. */
export async function followLease(rethink: RethinkServer): Promise<LeaseHistory> {
  const connection = await rethink.connect('dog');
  const cursor = await r.table('setting').get('leader').changes({ includeInitial: true }).run(connection);
  const versions: LeaseVersion[] = [];
  const note = (change: unknown): void => {
    const doc = (change as { new_val: Record<string, unknown> | null }).new_val;
    if (typeof doc?.['term'] !== 'number') return;
    const { term, holder, name, expires_at: expiresAt } = doc as unknown as LeaseVersion & { expires_at: number };
    const last = versions.at(-1);
    // A commit writes a row more than once (its lock comes first).
    if (last?.term === term && last.expiresAt === expiresAt) return;
    versions.push({ term, holder, name, expiresAt, seenAt: Date.now() });
  };
  const ended = cursor.eachAsync((change) => note(change)).catch(() => undefined);
  return {
    versions,
    async close() {
      await connection.close();
      await ended;
    },
  };
}
