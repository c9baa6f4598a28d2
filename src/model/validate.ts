import type { Json, JsonObject } from './document.js';
import { sameJson } from './same-json.js';
import type { JsonSchema, JsonType } from './json-schema.js';
import { compilePattern } from './compile-pattern.js';
import { schemaJson } from './json-schema.js';

/**
 * The kinds of fault that clients know by name (docs/http-api.md#validation-body); `not_unique` is ours, where the old
 * server crashed.
 */
export type ViolationType =
  | 'missing_required_property'
  | 'wrong_type'
  | 'not_in_enum'
  | 'no_match'
  | 'wrong_length'
  | 'wrong_size'
  | 'not_in_range'
  | 'not_unique';

/** Keys and indexes from the document to the value. */
export type Path = readonly (string | number)[];

/** One fault in a document. For a missing property `value` is its name and `path` leads to the object that lacks it. */
export interface Violation {
  readonly errorType: ViolationType;
  readonly path: Path;
  readonly value: Json;
  /** The part of the schema that failed. */
  readonly schema: Json;
  /** What is wrong and what would be right, in words, where the type alone doesn't say it. */
  readonly reason?: string;
}

/**
 * The first fault of `value` under `schema`, or `undefined` when there is none. Keywords of a schema are checked in
 * alphabetical order: children before their parent's `required` and `type`, properties by name (docs/http-api.md#validation-body).
 */
export function firstViolation(schema: JsonSchema, value: Json): Violation | undefined {
  return (
    additionalProperties(schema, value) ??
    enumeration(schema, value) ??
    items(schema, value) ??
    sizes(schema, value) ??
    pattern(schema, value) ??
    properties(schema, value) ??
    required(schema, value) ??
    type(schema, value) ??
    uniqueItems(schema, value)
  );
}

function violation(errorType: ViolationType, schema: JsonSchema, value: Json, path: Path = []): Violation {
  return { errorType, path, value, schema: schemaJson(schema) };
}

/** What is wrong with a part, seen from the whole: paths are made only where there is a fault. */
function inside(key: string | number, found: Violation): Violation {
  return { ...found, path: [key, ...found.path] };
}

/** True for JSON objects, false for arrays and null. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `Array.isArray` that keeps the item type of readonly JSON arrays. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function additionalProperties(schema: JsonSchema, value: Json): Violation | undefined {
  if (schema.additionalProperties === undefined || !isObject(value)) return undefined;
  for (const key of Object.keys(value).sort()) {
    if (schema.properties && Object.hasOwn(schema.properties, key)) continue;
    const found = firstViolation(schema.additionalProperties, value[key] as Json);
    if (found) return inside(key, found);
  }
  return undefined;
}

function enumeration(schema: JsonSchema, value: Json): Violation | undefined {
  if (schema.enum === undefined || schema.enum.some((allowed) => sameJson(allowed, value))) return undefined;
  return violation('not_in_enum', schema, value);
}

function items(schema: JsonSchema, value: Json): Violation | undefined {
  if (schema.items === undefined || !isList(value)) return undefined;
  for (const [index, item] of value.entries()) {
    const found = firstViolation(schema.items, item);
    if (found) return inside(index, found);
  }
  return undefined;
}

/** maxItems, maxLength, minItems, minLength, minimum: no two of them apply to one type of value but min and max. */
function sizes(schema: JsonSchema, value: Json): Violation | undefined {
  if (isList(value)) {
    const { maxItems = Infinity, minItems = 0 } = schema;
    if (value.length > maxItems || value.length < minItems) return violation('wrong_size', schema, value);
  } else if (typeof value === 'string' && (schema.maxLength !== undefined || schema.minLength !== undefined)) {
    const { maxLength = Infinity, minLength = 0 } = schema;
    const length = codePoints(value);
    if (length > maxLength || length < minLength) return violation('wrong_length', schema, value);
  } else if (typeof value === 'number' && schema.minimum !== undefined && value < schema.minimum) {
    return violation('not_in_range', schema, value);
  }
  return undefined;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function pattern(schema: JsonSchema, value: Json): Violation | undefined {
  if (schema.pattern === undefined || typeof value !== 'string') return undefined;
  return compilePattern(schema.pattern).test(value) ? undefined : violation('no_match', schema, value);
}

function properties(schema: JsonSchema, value: Json): Violation | undefined {
  if (schema.properties === undefined || !isObject(value)) return undefined;
  for (const key of sortedKeys(schema.properties)) {
    if (!Object.hasOwn(value, key)) continue;
    const found = firstViolation(schema.properties[key] as JsonSchema, value[key] as Json);
    if (found) return inside(key, found);
  }
  return undefined;
}

const orders = new WeakMap<object, readonly string[]>();

/** Keys of a schema's properties by name, sorted once: a list may have thousands of items of one schema. */
function sortedKeys(properties: object): readonly string[] {
  let keys = orders.get(properties);
  if (!keys) orders.set(properties, (keys = Object.keys(properties).sort()));
  return keys;
}

function required(schema: JsonSchema, value: Json): Violation | undefined {
  if (schema.required === undefined || !isObject(value)) return undefined;
  const missing = schema.required.find((key) => !Object.hasOwn(value, key));
  return missing === undefined ? undefined : violation('missing_required_property', schema, missing);
}

function type(schema: JsonSchema, value: Json): Violation | undefined {
  if (schema.type === undefined) return undefined;
  const wanted = typeof schema.type === 'string' ? [schema.type] : schema.type;
  return wanted.some((name) => hasType(value, name)) ? undefined : violation('wrong_type', schema, value);
}

function hasType(value: Json, name: JsonType): boolean {
  switch (name) {
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    case 'object':
      return isObject(value);
    case 'integer':
      return Number.isInteger(value);
    case 'boolean':
    case 'number':
    case 'string':
      return typeof value === name;
  }
}

function uniqueItems(schema: JsonSchema, value: Json): Violation | undefined {
  if (schema.uniqueItems !== true || !isList(value)) return undefined;
  const index = firstTwin(value);
  return index === undefined ? undefined : violation('not_unique', schema, value[index] as Json, [index]);
}

/** The index of the first item that equals one before it. */
export function firstTwin(list: readonly Json[]): number | undefined {
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    const key = canonicalText(item);
    if (seen.has(key)) return index;
    seen.add(key);
  }
  return undefined;
}

/** One text for all equal values: object keys sorted. */
export function canonicalText(value: Json): string {
  if (isList(value)) return `[${value.map(canonicalText).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalText(value[key] as Json)}`).join()}}`;
}
