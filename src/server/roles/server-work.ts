import type { Operations } from '../../operations/operations.js';
import type { ChildSpec } from '../../otp/index.js';
import type { BaseMakers } from '../../supervisors/dog-trainer-sup.js';
import type { ServerState } from '../state/server-state.js';

/** What a server is there for, beside answering over HTTP: alone, as one of several, or only looking on. */
export interface ServerWork {
  /** The top of the tree, around the actors that any server has. */
  readonly tree: (base: BaseMakers) => ChildSpec;
  /** The operations of now: they change when the work begins or ends. */
  readonly operations: () => Operations;
  /** Undefined: the work has not begun. */
  readonly state: () => ServerState | undefined;
  /** After the tree is down and before the store is closed; bounded, never rejects. */
  readonly finish?: () => Promise<void>;
}
