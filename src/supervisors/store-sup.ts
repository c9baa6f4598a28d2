import type { ServerBase } from '../actors/context.js';
import { StoreKeeper } from '../actors/store/store-keeper.js';
import { supervisorSpec } from '../otp/index.js';
import { workerSpec } from '../otp/index.js';

/**
 * First up, last down: all others read and write the store. Its adapter mends its own connection, so a crash here is a
 * bug of ours; five in ten seconds are worth a new start of everything.
 */
export function storeSup(context: ServerBase) {
  return supervisorSpec('store_sup', { strategy: 'one_for_one', intensity: 5, periodS: 10 }, () => [
    workerSpec('store', () => new StoreKeeper(context)),
  ]);
}
