import { ago, moment } from './remote/table.js';

/** From 2001 to 5138 in epoch seconds; the same numbers a thousand times larger are milliseconds. */
const SECONDS = { least: 1e9, most: 1e11 };

/**
 * The moment that a member of an answer says: UTC and, with `now` in epoch seconds, how long ago. Undefined: it is none.
 * By the names that moments have in the API: `at`, `since`, or ending so.
 */
export function timeForPeople(key: string, value: unknown, now?: number): string | undefined {
  if (typeof value !== 'number' || !/(^|_)(at|since)$/.test(key)) return undefined;
  const isMs = value >= SECONDS.least * 1000 && value < SECONDS.most * 1000;
  if (!isMs && !(value >= SECONDS.least && value < SECONDS.most)) return undefined;
  if (isMs) return new Date(value).toISOString();
  return now === undefined ? moment(value) : `${moment(value)}, ${ago(value, now)} ago`;
}
