import type { Document, Json, JsonObject } from '../model/document.js';
import { EqualParts } from './equal-parts.js';

/**
 * Every object and list in here is deeply frozen and came from this module, so it can be shared instead of copied. Of the
 * parts of a document only those with many parts of their own are in here: small ones are copied faster than a set of
 * millions is kept and searched.
 */
const owned = new WeakSet<object>();

/** From so many parts of its own on a container is remembered. */
const MANY = 16;
/** Lists of so many parts are not compared with others. */
const LONG = 100;

/**
 * A deeply frozen private copy of `value`. Parts that are already owned are shared, so an edit that replaces one field
 * of a zone with 60,000 addresses copies one object. Members that are `undefined` are dropped, as JSON does.
 * @throws TypeError when `value` holds what JSON cannot: a non-finite number, a function, a class instance, a hole.
 */
export function ownedCopy<T extends Json>(value: T): T {
  return whole(copyOf(value, 'document')) as T;
}

/** Parses JSON text into a deeply frozen value. Keys such as `__proto__` become ordinary own keys. */
export function parseOwned(text: string): Json {
  return own(JSON.parse(text) as Json);
}

/**
 * The same for many texts that say much the same: parts of documents that are equal, such as ids, hashes and short lists, are
 * one. What it remembers for that goes with the function.
 */
export function ownedParser(): (text: string) => Json {
  const equal = new EqualParts();
  return (text) => {
    const value = JSON.parse(text) as Json;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return whole(ownEqual(value, equal));
    // A document is one with no other: what is known of it may rest on its table.
    shareParts(value as Record<string, Json>, equal);
    markOwned(value);
    return whole(value);
  };
}

/** Puts `entries` into one frozen object; its values must be owned already. */
export function ownedObject(entries: Iterable<readonly [string, Json]>): JsonObject {
  const object = Object.fromEntries(entries);
  Object.freeze(object);
  owned.add(object);
  return object;
}

/** A document of these fields, whose values must be owned already, with its id before them. */
export function ownedWithId(fields: JsonObject, id: string): Document {
  const document = { id, ...fields };
  Object.freeze(document);
  owned.add(document);
  return document;
}

/** Deeply freezes a value without copying it; the caller must hold the only reference. */
export function own(value: Json): Json {
  return whole(ownPart(value));
}

function ownPart(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) for (const part of value as Json[]) ownPart(part);
  else for (const key of Object.keys(value)) ownPart((value as Record<string, Json>)[key] as Json);
  markOwned(value);
  return value;
}

/** The same, with parts that are equal to parts from before replaced by these; it may be one of them itself. */
function ownEqual(value: Json, equal: EqualParts): Json {
  if (typeof value === 'string') return equal.text(value);
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? ownList(value as Json[], equal) : ownObject(value as Record<string, Json>, equal);
}

/** What may be one with its equals. */
function isPart(value: Json): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null);
}

function ownList(list: Json[], equal: EqualParts): Json {
  // Texts of long lists are addresses, mostly, each of which comes once.
  const isShort = list.length < LONG;
  for (let at = 0; at < list.length; at += 1) {
    const part = list[at] as Json;
    if (typeof part === 'string' && !isShort) continue;
    // Also where it is `===`: of equal texts this one is to stay.
    if (isPart(part)) list[at] = ownEqual(part, equal);
  }
  const known = isShort ? equal.list(list) : list;
  if (known === list) remember(list, list.length);
  return known;
}

function ownObject(object: Record<string, Json>, equal: EqualParts): Json {
  const keys = shareParts(object, equal);
  const known = equal.object(object, keys);
  if (known === object) remember(object, keys.length);
  return known;
}

/** Its fields replaced by their equals; gives their names. */
function shareParts(object: Record<string, Json>, equal: EqualParts): readonly string[] {
  const keys = Object.keys(object);
  for (const key of keys) {
    const part = object[key] as Json;
    // That key may be an accessor: writing to it would change the prototype.
    if (key === '__proto__') ownPart(part);
    else if (isPart(part)) object[key] = ownEqual(part, equal);
  }
  return keys;
}

/** Freezes an object or list whose parts are owned already; the caller must hold the only reference. */
export function markOwned(container: object): void {
  remember(container, Array.isArray(container) ? container.length : Object.keys(container).length);
}

/** What was made as a whole, however few parts it has. */
function whole(value: Json): Json {
  if (typeof value === 'object' && value !== null) owned.add(value);
  return value;
}

function remember(container: object, parts: number): void {
  Object.freeze(container);
  if (parts >= MANY) owned.add(container);
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
  remember(copy, copy.length);
  return copy;
}

function copyOfObject(object: object, where: string): Json {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`${where}: only plain objects can be stored, not an instance of a class`);
  }
  // In one go it has the shape of the original; one that grows name by name becomes a hash table.
  const copy = { ...object } as Record<string, Json>;
  const keys = Object.keys(copy);
  for (const key of keys) {
    const part: unknown = copy[key];
    if (typeof part === 'string') continue;
    if (part === undefined) return copyWithout(copy, where);
    const value = copyOf(part, key);
    if (!Object.is(value, part)) setOwn(copy, key, value);
  }
  remember(copy, keys.length);
  return copy;
}

/** Of one that has members which are `undefined`: without them. */
function copyWithout(object: object, where: string): Json {
  const entries = Object.entries(object).filter(([, part]) => part !== undefined);
  return copyOfObject(Object.fromEntries(entries), where);
}

function setOwn(object: Record<string, Json>, key: string, value: Json): void {
  // Assignment to this one key would change the prototype instead of making a member.
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else object[key] = value;
}
