import { isRethinkDBError, RethinkDBErrorType } from 'rethinkdb-ts';
import { StoreError } from '../store.js';

/** What a query was for: a write that was cut off may have been done. */
export type Purpose = 'read' | 'write';

/** Says in the port's words what the driver reported. `where` names the server, e.g. `rethinkdb db1:28015`. */
export function rethinkError(error: unknown, where: string, purpose: Purpose): StoreError {
  if (error instanceof StoreError) return error;
  const detail = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  const cause = { cause: error };
  const type = isRethinkDBError(error) ? error.type : RethinkDBErrorType.UNKNOWN;
  switch (type) {
    case RethinkDBErrorType.RESOURCE_LIMIT:
      return new StoreError('full', `${where}: ${detail}`, cause);
    case RethinkDBErrorType.QUERY_LOGIC:
    case RethinkDBErrorType.NON_EXISTENCE:
    case RethinkDBErrorType.PERMISSION_ERROR:
    case RethinkDBErrorType.AUTH:
      return new StoreError('incompatible', `${where}: ${detail}`, cause);
    case RethinkDBErrorType.OP_FAILED:
      return new StoreError('unavailable', `${where}: ${detail}`, cause);
    default:
      return new StoreError(purpose === 'write' ? 'unknown_outcome' : 'unavailable', `${where}: ${detail}`, cause);
  }
}

/** For a step before the point of no return: whatever became of it, the commit as a whole wrote nothing. */
export function nothingWritten(error: unknown): unknown {
  if (!(error instanceof StoreError) || error.code !== 'unknown_outcome') return error;
  return new StoreError('unavailable', error.message, { cause: error });
}
