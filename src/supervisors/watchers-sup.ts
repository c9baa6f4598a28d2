import { supervisorSpec, workerSpec, type ChildSpec } from '../otp/index.js';
import type { Make } from './make.js';

/** The watchers by the table that each watches. */
export type WatchersMakers = Readonly<Record<string, Make>>;

/**
 * One watcher per table, each on its own: a feed that is lost is a state; a watcher that crashes opens it again and
 * reconciles. Twenty crashes in a minute: all ten may fall over the same fault of the store, and once more.
 */
export function watchersSup(make: WatchersMakers): ChildSpec {
  return supervisorSpec('watchers_sup', { strategy: 'one_for_one', intensity: 20, periodS: 60 }, () =>
    Object.entries(make).map(([table, watcher]) => workerSpec(`watcher_${table}`, watcher)),
  );
}
