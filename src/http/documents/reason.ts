import type { Json } from '../../model/document.js';
import { ApiError } from '../errors.js';

/** Most characters of a reason. */
const REASON_MAX = 1000;

/** The reason that a body gives, or undefined. Throws 400 where it is none. */
export function readReason(value: Json | undefined, where: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value.trim() === '' || value.length > REASON_MAX)
    throw new ApiError('bad_request', { reason: `${where} must be a string of 1 to ${REASON_MAX} characters` });
  return value;
}
