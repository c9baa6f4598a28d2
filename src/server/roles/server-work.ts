import type { ServerContext } from '../../actors/context.js';
import type { Operations } from '../../operations/operations.js';
import type { ChildSpec } from '../../otp/index.js';

/** What a server is there for, beside answering over HTTP: alone, as one of several, or only looking on. */
export interface ServerWork {
  /** The top of the tree, with HTTP at its place in it. */
  readonly tree: (http: ChildSpec) => ChildSpec;
  /** What the API asks now: it changes when the work begins. */
  readonly runtime: () => Operations;
  /** What the actors share; undefined: the work has not begun. */
  readonly context: () => ServerContext | undefined;
  /** After the tree is down and before the store is closed; bounded, never rejects. */
  readonly finish?: () => Promise<void>;
}
