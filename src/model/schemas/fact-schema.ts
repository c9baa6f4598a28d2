import type { JsonSchema } from '../json-schema.js';
import { idSchema } from './id-schema.js';

/** fact (docs/http-api.md#fact): an Ansible inventory; the content of `groups` is the client's business. */
export const factSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'fact',
  type: 'object',
  properties: {
    id: idSchema,
    name: { type: 'string', minLength: 1, pattern: '^[A-Za-z_]' },
    groups: { type: 'object' },
  },
  required: ['name', 'groups'],
};
