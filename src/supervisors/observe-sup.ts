import { supervisorSpec, workerSpec, type ChildSpec } from '../otp/index.js';
import type { Make } from './make.js';
import { watchersSup, type WatchersMakers } from './watchers-sup.js';

export interface ObserveMakers {
  readonly observer: Make;
  readonly watchers: WatchersMakers;
}

/**
 * What a server does that only looks on: no actor of it has a broker, decides about hosts, or writes. Watchers tell the
 * observer, so it comes first and takes them along. Five in ten seconds as at the top: there is nothing else to lose.
 */
export function observeSup(make: ObserveMakers): ChildSpec {
  return supervisorSpec('observe_sup', { strategy: 'rest_for_one', intensity: 5, periodS: 10 }, () => [
    workerSpec('observer', make.observer),
    watchersSup(make.watchers),
  ]);
}
