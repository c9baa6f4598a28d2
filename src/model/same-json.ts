import type { Json } from './document.js';

/** Whether two JSON values are the same, whatever the order of their object keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return sameList(a as readonly Json[], b as readonly Json[]);
  }
  const left = a as Readonly<Record<string, Json>>;
  const right = b as Readonly<Record<string, Json>>;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  for (const key of keys) if (!Object.hasOwn(right, key) || !sameJson(left[key], right[key])) return false;
  return true;
}

/** Of one length. A plain loop: lists of addresses are long. */
function sameList(a: readonly Json[], b: readonly Json[]): boolean {
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at] && !sameJson(a[at], b[at])) return false;
  return true;
}
