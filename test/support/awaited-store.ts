import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import type { VirtualClock } from '../../src/otp/testing/index.js';
import { loadConfig } from '../../src/config/load.js';
import { watchedStore, type WatchedStore } from './watched-store.js';

/**
 * The SQLite store in `data`, for a virtual server whose time stands still while it has not answered. A disk that is slow in
 * real time would look like an outage of virtual minutes, in which no agent is heard and mails go out.
 */
export async function openAwaitedStore(
  data: string,
  clock: VirtualClock,
): Promise<{ readonly store: WatchedStore; readonly unanswered: () => number }> {
  const opened = await createSqliteStore({ path: loadConfig({ data }).config.store.path });
  const store = watchedStore(opened, clock, () => undefined);
  return { store, unanswered: () => store.pending };
}
