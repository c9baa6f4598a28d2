import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { adminSocket } from '../../config/admin-socket.js';
import type { Config } from '../../config/schema.js';
import { listening } from '../../http/server.js';
import { isLocked } from '../../journal/directory-lock.js';
import { lookAtDatabase } from '../../store/sqlite/look-at-database.js';
import { StoreError } from '../../store/store.js';
import { journalKey, storePathKey } from './blamed-keys.js';
import { listenFault } from './listen-fault.js';
import { lookAtRoom } from './look-at-path.js';
import { blaming, StartFault } from './start-fault.js';

/** What `config check` found of what only one server can have. */
export interface Tried {
  readonly faults: readonly StartFault[];
  /** Whether a server with this `run_dir` runs: what it has is free for its successor. */
  readonly running: boolean;
}

/**
 * Tries for a moment what a start takes for itself: the ports, both at once, the database, and the journal's directory.
 * Nothing is made, and all is free again when this resolves.
 */
export async function tryWhatStartTakes(config: Config, { observe }: { readonly observe: boolean }): Promise<Tried> {
  const faults: StartFault[] = [];
  const refuse = (error: unknown): void =>
    void faults.push(
      error instanceof StartFault ? error : new StartFault('the start', String(error), { cause: error }),
    );
  const attempt = (work: Promise<unknown>): Promise<void> => work.then(() => undefined, refuse);
  const { store, queuejournal, broker } = config;
  if (store.kind === 'sqlite' && store.path !== ':memory:') {
    const room = lookAtRoom(storePathKey(config), store.path);
    if (room !== undefined) refuse(room);
  }
  if (store.kind === 'sqlite') await attempt(blaming(storePathKey(config), () => lookAtDatabase(store.path), isBusy));
  if (!observe && queuejournal.enabled && broker.kind === 'amqp') await attempt(journalIsFree(config));
  const servers: Server[] = [];
  for (const section of ['api', 'metrics'] as const) {
    const server = createServer();
    const where = { section, host: config[section].host, port: config[section].port };
    try {
      await listening(server, where);
      servers.push(server);
    } catch (error) {
      refuse(listenFault(error, where));
    }
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return { faults, running: await answers(adminSocket(config)) };
}

function isBusy(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'busy';
}

async function journalIsFree(config: Config): Promise<void> {
  const { dir } = config.queuejournal;
  const locked = await blaming(journalKey(config), () => isLocked(dir));
  if (locked)
    throw new StartFault(journalKey(config), `${dir} is in use by another server; each needs a directory of its own`, {
      taken: true,
    });
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    // No server is there, or none that this user may ask.
    return false;
  } finally {
    socket.destroy();
  }
}
