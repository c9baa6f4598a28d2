import type { JsonSchema } from '../json-schema.js';
import { idSchema } from './id-schema.js';

const sets: JsonSchema = {
  type: 'object',
  properties: {
    groups: { type: 'object', additionalProperties: { type: 'array' } },
    zones: { type: 'object', additionalProperties: { type: 'array' } },
  },
  required: ['groups', 'zones'],
};

/** external (docs/http-api.md#external): the sets that a linked environment sent. */
export const externalSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'external',
  type: 'object',
  properties: {
    id: idSchema,
    name: { type: 'string', minLength: 1, maxLength: 2 },
    state: { type: 'string' },
    v4: sets,
    v6: sets,
  },
  required: ['name', 'v4', 'v6'],
};
