import type { JsonObject } from '../../model/document.js';
import type { Refusal } from '../../store/store.js';
import type { ErrorCode } from '../errors.js';
import { ApiError } from '../errors.js';

/** An error in the form in which an edit or guard passes it through the store. Only its code and body survive. */
export function refusal(error: ApiError): Refusal {
  return { refused: { code: error.code, body: error.body } };
}

/** The error that `refusal` wrapped. */
export function refusedError(refused: JsonObject): ApiError {
  const { code, body } = refused as { code: ErrorCode; body: JsonObject };
  return new ApiError(code, {}, { body });
}
