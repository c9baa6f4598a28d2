import { ApiError } from '../errors.js';
import type { Parameter } from '../route.js';

/** A yes-or-no query parameter of a list. */
export function flagParameter(name: string, description: string): Parameter {
  return { name, description, schema: { type: 'string', enum: ['true', 'false'] } };
}

/** Whether the parameter is `true`; `false` is the same as leaving it out. Throws 400 on anything else. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  if (value === null || value === 'false') return false;
  if (value === 'true') return true;
  throw new ApiError('bad_parameter', { name, reason: 'give true or false, or leave it out' });
}
