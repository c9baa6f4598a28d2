import { readFileSync } from 'node:fs';
import { certificatesIn } from '../../broker/amqp/tls-files.js';
import { spellDocument } from '../../kept-texts/spell-document.js';
import type { Log } from '../../log/log.js';
import { rethinkServers } from '../../config/rethink-servers.js';
import type { Config } from '../../config/schema.js';
import type { Store } from '../../store/store.js';
import { createSqliteStore } from '../../store/sqlite/create-sqlite-store.js';
import { StartFault } from '../checks/start-fault.js';

const DAY_MS = 86_400_000;
/** More than any report that is taken can make of a host's row. */
const HOST_ROW_BYTES = 512 * 1024;

/**
 * Opens the configured store. `readOnly`: nothing is made or tidied up in a database that another server owns. `openMs`:
 * longest wait for a database elsewhere to be there and ready; absent: until one attempt is over.
 * @throws StoreError when it is corrupt, in use by another server, or can't be opened; StartFault for store.cacertfile
 */
export async function createStore(
  config: Config,
  log: Log,
  { readOnly = false, openMs }: { readonly readOnly?: boolean; readonly openMs?: number } = {},
): Promise<Store> {
  const { kind, path, audit_days, audit_max } = config.store;
  const audit = { rows: audit_max, ageMs: audit_days * DAY_MS };
  switch (kind) {
    case 'sqlite':
      return createSqliteStore({
        path,
        audit,
        // What was read or answered lately is not spelled again.
        spell: spellDocument,
        hostBounds: { rowBytes: HOST_ROW_BYTES, totalBytes: config.intake.hosts_max_bytes },
        notice: (text) => log.warn({ path }, text),
      });
    case 'rethinkdb': {
      const tls = trustedByStore(config);
      // Loaded only where it is used, as its driver is large.
      const { createRethinkStore } = await import('../../store/rethinkdb/create-rethink-store.js');
      return createRethinkStore({
        servers: rethinkServers(config),
        db: config.store.database,
        user: config.rethinkdb_username,
        ...(config.rethinkdb_password === undefined ? {} : { password: config.rethinkdb_password }),
        ...(tls === undefined ? {} : { tls }),
        timeoutMs: config.rethink_timeout_ms,
        squashS: config.rethink_squash_sec,
        audit,
        readOnly,
        ...(openMs === undefined ? {} : { openMs }),
        notice: (text) => log.warn({ database: config.store.database }, text),
      });
    }
  }
}

/** The authority that RethinkDB's certificate must be of; `undefined` without TLS. @throws StartFault */
export function trustedByStore({ store }: Pick<Config, 'store'>): { readonly ca?: Buffer } | undefined {
  if (!store.tls) return undefined;
  if (store.cacertfile === undefined) return {};
  try {
    const ca = readFileSync(store.cacertfile);
    certificatesIn(ca);
    return { ca };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const says = code === undefined ? message : `cannot be read: ${message}`;
    throw new StartFault(`store.cacertfile = ${store.cacertfile}`, says, { cause: error });
  }
}
