import type { Json, JsonObject } from '../../model/document.js';
import { isList } from '../../model/validate.js';
import type { Fault } from './compile-error.js';
import { readRecentMask } from './recent-mask.js';
import type { ConnectionLimit, Limit, RecentLimit } from './rule-model.js';

/** Largest number of seconds that the kernel prints back as it was given. */
const MAX_SECONDS = 2 ** 31 - 1;
const MAX_UINT32 = 2 ** 32 - 1;
/** Every kernel takes this: older ones keep at most 255 time stamps per source. */
const MAX_HITS = 255;
/** XT_RECENT_NAME_LEN less the closing NUL. */
const RECENT_NAME_BYTES = 199;

function isAbsent(value: Json | undefined): value is undefined | readonly [] {
  return value === undefined || (isList(value) && value.length === 0);
}

function wholeNumber(rule: JsonObject, field: string, least: number, most: number, faults: Fault[]): number {
  const value = rule[field];
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  const wanted = `a whole number from ${least} to ${most}`;
  faults.push(
    value === undefined
      ? { kind: 'shape', field, reason: `missing: give ${wanted}` }
      : { kind: typeof value === 'number' ? 'kernel' : 'shape', field, value, reason: `give ${wanted}` },
  );
  return least;
}

function done<T>(limit: T, faults: readonly Fault[]): Limit<T> {
  return faults.length === 0 ? { ok: true, limit } : { ok: false, faults };
}

/** `conn_limit_above` and `conn_limit_mask` (absent or `[]`: whole addresses). */
export function readConnectionLimit(rule: JsonObject): Limit<ConnectionLimit> {
  const faults: Fault[] = [];
  const above = wholeNumber(rule, 'conn_limit_above', 0, MAX_UINT32, faults);
  const mask = isAbsent(rule['conn_limit_mask']) ? null : wholeNumber(rule, 'conn_limit_mask', 0, 128, faults);
  return done({ above, mask }, faults);
}

const BAD_RECENT_NAME = /[\u0000-\u0020\u007f"\\/]/;

function recentName(value: Json | undefined, faults: Fault[]): string {
  if (value === undefined) return 'DEFAULT';
  const field = 'recent_name';
  if (typeof value !== 'string') {
    faults.push({ kind: 'shape', field, value, reason: 'give a string, or leave it out for DEFAULT' });
  } else if (
    value === '' ||
    value === '.' ||
    value === '..' ||
    BAD_RECENT_NAME.test(value) ||
    Buffer.byteLength(value) > RECENT_NAME_BYTES
  ) {
    const reason = `give a name of 1 to ${RECENT_NAME_BYTES} bytes without blanks, control characters, double quotes, backslashes and slashes`;
    faults.push({ kind: 'kernel', field, value, reason });
  } else {
    return value;
  }
  return 'DEFAULT';
}

function recentMask(value: Json | undefined, faults: Fault[]): string | null {
  if (isAbsent(value) || value === '') return null;
  if (typeof value === 'string' && readRecentMask(value) !== undefined) return value;
  const reason = 'give a mask such as 255.255.255.0 or ffff:ffff::, or leave it out for whole addresses';
  faults.push({ kind: typeof value === 'string' ? 'kernel' : 'shape', field: 'recent_mask', value, reason });
  return null;
}

/** `recent_name`, `recent_mask`, `seconds`, `hit_count`. */
export function readRecentLimit(rule: JsonObject): Limit<RecentLimit> {
  const faults: Fault[] = [];
  const seconds = wholeNumber(rule, 'seconds', 1, MAX_SECONDS, faults);
  const hits = wholeNumber(rule, 'hit_count', 0, MAX_HITS, faults);
  const name = recentName(rule['recent_name'], faults);
  const mask = recentMask(rule['recent_mask'], faults);
  return done({ name, seconds, hits, mask }, faults);
}
