import type { Json, JsonObject } from '../../model/document.js';
import { withoutStoreField } from '../../model/store-field.js';
import { isObject } from '../../model/validate.js';
import { ApiError } from '../errors.js';

/** The body as an object, without the field that a store keeps for itself. Throws 400 on any other JSON. */
export function sentObject(body: Json): JsonObject {
  if (!isObject(body)) throw new ApiError('bad_json', { reason: 'it must be an object' });
  return withoutStoreField(body);
}
