import { StoreError } from '../store/store.js';
import { TooManyTraces } from '../operations/actors/trace-room.js';
import { CommandError } from '../operations/operations.js';
import { ApiError, errorStatus } from './errors.js';
import { jsonReply, type Reply } from './reply.js';

/**
 * The error as the API answers it: refusals as they are, faults of store and broker as 503 or 507, anything else 500.
 */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof StoreError) {
    if (error.code === 'full') return new ApiError('storage_full', {}, { cause: error });
    const reason = `store ${error.code}: ${error.message}`;
    return new ApiError('unavailable', { reason }, { cause: error, headers: { 'retry-after': '5' } });
  }
  if (error instanceof CommandError) {
    return new ApiError('unavailable', { reason: error.message }, { cause: error, headers: { 'retry-after': '5' } });
  }
  if (error instanceof TooManyTraces) {
    return new ApiError(
      'too_many_traces',
      { reason: error.message },
      { cause: error, headers: { 'retry-after': '8' } },
    );
  }
  return new ApiError('internal', {}, { cause: error });
}

/**
 * The answer to an error: `{"error": TEXT, "code": CODE, ...}` (docs/http-api.md#rules-for-every-route). `request`: its
 * number in the log.
 */
export function errorReply(
  { code, message, body, headers }: ApiError,
  where: { readonly v1: boolean; readonly method: string },
  request: number,
): Reply {
  const more = code === 'internal' ? { request } : body;
  return jsonReply({ error: message, code, ...more }, errorStatus(code, where), headers);
}
