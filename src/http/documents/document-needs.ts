import type { Operations } from '../../operations/operations.js';
import type { FleetAddresses } from '../../resources/views/fleet-addresses.js';
import type { Store } from '../../store/store.js';
import type { commitPolicy } from './commit-policy.js';
import type { HttpConfig } from '../http-config.js';

/** What the routes of documents use. */
export interface DocumentNeeds {
  readonly store: Store;
  readonly config: HttpConfig;
  /** Keeps what the built-in groups are made of. */
  readonly fleet: FleetAddresses;
  readonly runtime: Pick<Operations, 'dialect' | 'foresight'> & {
    /** How writes are committed: where nothing is stored, as in the draft of a plan, nothing is refused either. */
    readonly commitPolicy: typeof commitPolicy;
  };
}
