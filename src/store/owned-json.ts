import type { Json, JsonObject } from '../model/document.js';

/** Every object and list in here is deeply frozen and came from this module, so it can be shared instead of copied. */
const owned = new WeakSet<object>();

/** Whether a value is deeply frozen for good, as documents that a store hands out. */
export function isOwned(value: object): boolean {
  return owned.has(value);
}

/**
 * A deeply frozen private copy of `value`. Parts that are already owned are shared, so an edit that replaces one field
 * of a zone with 60,000 addresses copies one object. Members that are `undefined` are dropped, as JSON does.
 * @throws TypeError when `value` holds what JSON cannot: a non-finite number, a function, a class instance, a hole.
 */
export function ownedCopy<T extends Json>(value: T): T {
  return copyOf(value, 'document') as T;
}

/** Parses JSON text into a deeply frozen value. Keys such as `__proto__` become ordinary own keys. */
export function parseOwned(text: string): Json {
  return own(JSON.parse(text) as Json);
}

/** Puts `entries` into one frozen object; its values must be owned already. */
export function ownedObject(entries: Iterable<readonly [string, Json]>): JsonObject {
  const object = Object.freeze(Object.fromEntries(entries));
  owned.add(object);
  return object;
}

/** Deeply freezes a value without copying it; the caller must hold the only reference. */
export function own(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) own(part);
  owned.add(value);
  return Object.freeze(value);
}

/** Freezes an object or list whose parts are owned already; the caller must hold the only reference. */
export function markOwned(container: object): void {
  owned.add(Object.freeze(container));
}

function copyOf(value: unknown, where: string): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${where}: JSON has no number ${value}`);
      return value === 0 ? 0 : value; // JSON has no -0
    case 'object':
      if (value === null || owned.has(value)) return value as Json;
      return Array.isArray(value) ? copyOfList(value, where) : copyOfObject(value, where);
    default:
      throw new TypeError(`${where}: JSON cannot hold a value of type ${typeof value}`);
  }
}

function copyOfList(list: readonly unknown[], where: string): Json {
  const copy: Json[] = [];
  for (let index = 0; index < list.length; index++) copy.push(copyOf(list[index], where));
  owned.add(copy);
  return Object.freeze(copy);
}

function copyOfObject(object: object, where: string): Json {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`${where}: only plain objects can be stored, not an instance of a class`);
  }
  const copy: Record<string, Json> = {};
  for (const [key, part] of Object.entries(object)) {
    if (part === undefined) continue;
    const value = copyOf(part, key);
    // Assignment to this one key would change the prototype instead of making a member.
    if (key === '__proto__') {
      Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true });
    } else copy[key] = value;
  }
  owned.add(copy);
  return Object.freeze(copy);
}
