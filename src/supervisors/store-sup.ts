import { supervisorSpec, workerSpec, type ChildSpec } from '../otp/index.js';
import type { Make } from './make.js';

export interface StoreMakers {
  readonly store: Make;
}

/**
 * First up, last down: all others read and write the store. Its adapter mends its own connection, so a crash here is a
 * bug of ours; five in ten seconds are worth a new start of everything.
 */
export function storeSup(make: StoreMakers): ChildSpec {
  return supervisorSpec('store_sup', { strategy: 'one_for_one', intensity: 5, periodS: 10 }, () => [
    workerSpec('store', make.store),
  ]);
}
