import type { Json } from '../../model/document.js';

/**
 * Compact JSON with the keys of every object in alphabetical order; lists keep theirs
 * (docs/http-api.md#rules-for-every-route).
 */
export function writeJson(value: Json): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return writeList(value as readonly Json[]);
  return writeObject(value as Readonly<Record<string, Json | undefined>>);
}

function writeList(list: readonly Json[]): string {
  let text = '';
  for (const item of list) text += text === '' ? writeJson(item) : `,${writeJson(item)}`;
  return `[${text}]`;
}

function writeObject(object: Readonly<Record<string, Json | undefined>>): string {
  let text = '';
  for (const key of sortedKeys(object)) {
    const member = object[key];
    if (member === undefined) continue;
    const pair = `${quotedKey(key)}:${writeJson(member)}`;
    text += text === '' ? pair : `,${pair}`;
  }
  return `{${text}}`;
}

/** Sorted keys by unsorted ones: documents of one table have few different key orders. Bounded. */
const orders = new Map<string, readonly string[]>();
const MAX_ORDERS = 1000;
const MAX_ORDER_LENGTH = 2000;

/** The keys of an object in alphabetical order. */
export function sortedKeys(object: object): readonly string[] {
  const keys = Object.keys(object);
  if (keys.length < 2) return keys;
  // As JSON, because a plain join would be ambiguous.
  const order = keys.map(quotedKey).join('');
  const known = orders.get(order);
  if (known) return known;
  keys.sort();
  if (orders.size < MAX_ORDERS && order.length < MAX_ORDER_LENGTH) orders.set(order, keys);
  return keys;
}

/** What JSON may have to escape. Most strings hold none of it, and calling `JSON.stringify` for each is slow. */
const SPECIAL = /["\\\u0000-\u001f\ud800-\udfff]/;

function quoted(text: string): string {
  return SPECIAL.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** Documents of one table share their keys. Bounded: clients may send any. */
const quotedKeys = new Map<string, string>();
const MAX_KEYS = 1000;

/** A key in JSON form. */
export function quotedKey(key: string): string {
  const known = quotedKeys.get(key);
  if (known !== undefined) return known;
  const made = quoted(key);
  if (quotedKeys.size < MAX_KEYS) quotedKeys.set(key, made);
  return made;
}
