import Ajv from 'ajv-draft-04';
import { rememberChecked, withoutChecked } from './checked-lists.js';
import type { Json, JsonObject } from './document.js';
import type { JsonSchema } from './json-schema.js';
import { schemaJson } from './json-schema.js';
import { compilePattern } from './compile-pattern.js';
import type { Violation } from './validate.js';
import { firstTwin, firstViolation, isObject } from './validate.js';

type Check = (doc: unknown) => boolean;

const ajv = new Ajv.default({
  strict: true,
  allowUnionTypes: true,
  strictTypes: false,
  ownProperties: true,
  addUsedSchema: false,
  code: { regExp: Object.assign(compilePattern, { code: 'new RegExp' }) },
});
// Ajv's own compares every item with every other.
ajv.removeKeyword('uniqueItems');
ajv.addKeyword({
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  validate: (unique: boolean, list: readonly Json[]) => !unique || firstTwin(list) === undefined,
});
const compiled = new WeakMap<JsonSchema, Check>();

/** Whether the document keeps the schema, by the letter of draft 04. */
export function keepsSchema(schema: JsonSchema, doc: Json): boolean {
  let check = compiled.get(schema);
  if (!check) compiled.set(schema, (check = ajv.compile(schema)));
  return check(doc);
}

/**
 * The first fault of a document, in the order that clients know. The compiled check answers the usual case, a valid
 * document; only a refused one is walked again to find the fault to name. `before`: the document that it was made of; what
 * long lists share with lists that were checked (`withoutChecked`) is not checked again.
 */
export function schemaViolation(schema: JsonSchema, doc: Json, before?: JsonObject): Violation | undefined {
  if (isObject(doc) ? keepsSchemaAfter(schema, doc, before) : keepsSchema(schema, doc)) return undefined;
  // The two agree (a property test proves it); should they ever differ, the document is still refused.
  return firstViolation(schema, doc) ?? { errorType: 'wrong_type', path: [], value: doc, schema: schemaJson(schema) };
}

function keepsSchemaAfter(schema: JsonSchema, doc: JsonObject, before: JsonObject | undefined): boolean {
  if (!keepsSchema(schema, withoutChecked(schema, doc, before))) return false;
  rememberChecked(schema, doc);
  return true;
}
