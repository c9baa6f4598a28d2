import { ApiError } from '../errors.js';

/** A whole number among the query parameters; undefined: it is not there. Throws 400 on anything else. */
export function wholeNumber(query: URLSearchParams, name: string, min: number, max: number): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (number >= min && number <= max) return number;
  throw new ApiError('bad_parameter', { name, reason: `give a whole number from ${min} to ${max}` });
}
