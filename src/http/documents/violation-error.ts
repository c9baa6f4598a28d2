import type { JsonObject } from '../../model/document.js';
import type { Violation } from '../../model/validate.js';
import { ApiError } from '../errors.js';

/**
 * What a fault looks like in an answer (docs/http-api.md#validation-body); a large `value` is cut.
 */
export function violationBody(violation: Violation, more: JsonObject = {}): JsonObject {
  return {
    error_type: violation.errorType,
    path: violation.path,
    value: violation.value,
    schema: violation.schema,
    ...(violation.reason === undefined ? {} : { reason: violation.reason }),
    ...more,
  };
}

/** The refusal of a document that is not valid. */
export function violationError(violation: Violation, more: JsonObject = {}): ApiError {
  return new ApiError('data_invalid', {}, { body: violationBody(violation, more) });
}
