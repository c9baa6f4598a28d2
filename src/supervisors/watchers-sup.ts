import type { ServerContext } from '../actors/context.js';
import { routeDirt } from '../actors/watching/route-dirt.js';
import { Watcher, type WatcherNeeds } from '../actors/watching/watcher.js';
import { WORLD_TABLES } from '../world/world.js';
import { supervisorSpec } from '../otp/index.js';
import { workerSpec } from '../otp/index.js';

/** One watcher a table, each on its own: a feed that is lost is a state; a watcher that crashes reopens and reconciles. */
export function watchersSup(context: ServerContext, route: WatcherNeeds['route'] = (dirt) => routeDirt(context, dirt)) {
  return supervisorSpec('watchers_sup', { strategy: 'one_for_one', intensity: 20, periodS: 60 }, () =>
    WORLD_TABLES.map((table) => workerSpec(`watcher_${table}`, () => new Watcher({ ...context, route }, table))),
  );
}
