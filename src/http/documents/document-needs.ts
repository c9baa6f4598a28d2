import type { Operations } from '../../operations/operations.js';
import type { Store } from '../../store/store.js';
import type { HttpConfig } from '../http-config.js';

/** What the routes of documents use. */
export interface DocumentNeeds {
  readonly store: Store;
  readonly config: HttpConfig;
  readonly runtime: Pick<Operations, 'dialect' | 'foresight'>;
}
