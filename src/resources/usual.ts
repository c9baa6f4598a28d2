import type { JsonObject, Resource } from '../model/document.js';
import type { JsonSchema } from '../model/json-schema.js';
import { idSchema } from './id-schema.js';
import type { ResourceDeclaration } from './resource.js';

/** The same in both versions of the API. */
export function always<T>(value: T): { readonly v1: T; readonly v2: T } {
  return { v1: value, v2: value };
}

function asSent(doc: JsonObject): JsonObject {
  return doc;
}

/** What most resources share; each declaration says where it differs. */
export function usual(name: Resource, schema: JsonSchema): ResourceDeclaration {
  return {
    name,
    plural: `${name}s`,
    schema,
    indexes: ['name'],
    uniqueOn: always(['name']),
    createSchema: always(schema),
    merge: 'deep',
    droppedOnPut: always([]),
    v1Item: ['id', 'name'],
    listsSchema: { v1: true, v2: false },
    complete: asSent,
  };
}

/** Where `GET /R/:id/hcl` usually answers. */
export const TERRAFORM_IN_V2 = { v1: false, v2: true } as const;

export const NAME: JsonSchema = { type: 'string', minLength: 1 };

/** The little that v1 asks of some new documents: these keys, and an id that a path can name. */
export function needs(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return {
    type: 'object',
    properties: { id: idSchema, ...properties },
    required: Object.keys(properties),
  };
}
