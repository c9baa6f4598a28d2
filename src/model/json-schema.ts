import type { Json } from './document.js';

export type JsonType = 'array' | 'boolean' | 'integer' | 'null' | 'number' | 'object' | 'string';

/**
 * The part of JSON Schema draft 04 that the resources use, as plain data. A keyword that is not listed here has no
 * effect on a document, which existing clients rely on: `if`/`then` and `propertyNames` were never enforced
 * (docs/http-api.md#validation-body).
 */
export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: JsonType | readonly JsonType[];
  readonly enum?: readonly Json[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  /** In code points. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Not anchored. */
  readonly pattern?: string;
  readonly minimum?: number;
}

/** The schema as JSON: what `GET /api/Rs/schema` answers and what error bodies quote. */
export function schemaJson(schema: JsonSchema): Json {
  return schema as unknown as Json;
}
