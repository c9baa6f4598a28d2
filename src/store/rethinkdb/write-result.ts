import { StoreError } from '../store.js';

/** Written to disk before it is answered. */
export const HARD = { durability: 'hard' } as const;

/** The error by which a write says that its row is not what was read. */
export const MOVED = 'moved';
/** The error by which a write says that its fence was reached. */
export const FENCED = 'fenced';

/** What RethinkDB answers to a write. */
export interface WriteResult {
  readonly errors?: number;
  readonly first_error?: string;
  readonly skipped?: number;
  readonly replaced?: number;
  readonly unchanged?: number;
  readonly deleted?: number;
  readonly changes?: readonly { readonly new_val: { readonly n: number } }[];
}

export function refusedBy(result: WriteResult): StoreError {
  return new StoreError('unavailable', `rethinkdb refused a write: ${result.first_error ?? 'no reason given'}`);
}
