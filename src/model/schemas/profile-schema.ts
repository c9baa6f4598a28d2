import type { JsonSchema } from '../json-schema.js';
import { idSchema } from './id-schema.js';

/**
 * profile (docs/http-api.md#profile). `docker` is stored as sent (docs/rulesets.md#rules). `ruleset_id` may be empty: a
 * profile without a ruleset, as clients send it.
 */
export const profileSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'profile',
  type: 'object',
  properties: {
    id: idSchema,
    name: { type: 'string', minLength: 1 },
    version: { type: 'string' },
    created: { type: 'number' },
    ruleset_id: { type: 'string' },
  },
  required: ['name'],
};
