import type { Fence } from './store.js';
import { StoreError } from './store.js';

/** The refusal of a commit whose fence was reached. `where` names the store. */
export function fencePassed({ term, until }: Fence, where: string): StoreError {
  return new StoreError(
    'fenced',
    `${where}: this server led until ${new Date(until).toISOString()} (term ${term}) and did not renew that in time; ` +
      'another may lead by now, so nothing was written',
  );
}
