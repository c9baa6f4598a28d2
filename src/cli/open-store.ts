import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../config/schema.js';
import type { Store } from '../store/store.js';
import { asOwnerOf } from './as-owner.js';
import { CommandFailure } from './cli-io.js';

/**
 * Opens the configured store for one command, and closes it after; an embedded one in the name of its directory's owner,
 * if this is root, so that its server can open what was made in it. `readOnly`: creates nothing in a database that may
 * belong to another server. `make`: creates the embedded store if it does not exist yet.
 * @throws CommandFailure when it can't be opened, a server having it open among the reasons
 */
export async function withOpenStore<T>(
  config: Config,
  use: (store: Store) => Promise<T>,
  options: { readonly readOnly?: boolean; readonly make: boolean },
): Promise<T> {
  const { kind, path } = config.store;
  if (!options.make && kind === 'sqlite' && !existsSync(path)) {
    throw new CommandFailure(
      `there is no store at ${path}: start the server there first, or name its configuration (--config) or data directory (--data)`,
    );
  }
  const { createStore } = await import('../server/opening/create-store.js');
  const { createLogger } = await import('../log/create-logger.js');
  // Notices of the store are not part of this command's output.
  const { log } = createLogger({ ...config.log, dir: undefined, level: 'silent' });
  const whileOpen = async (): Promise<T> => {
    let store;
    try {
      store = await createStore(config, log, { readOnly: options.readOnly === true });
    } catch (error) {
      throw new CommandFailure(`the store cannot be opened: ${(error as Error).message}`, { cause: error });
    }
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  };
  return kind === 'sqlite' && path !== ':memory:' ? asOwnerOf(dirname(path), whileOpen) : whileOpen();
}
