import type { JsonSchema } from '../json-schema.js';
import { idSchema } from './id-schema.js';

/** service (docs/http-api.md#service). Only items that are objects are looked into, as ever. */
export const serviceSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'service',
  type: 'object',
  properties: {
    id: idSchema,
    name: { type: 'string', minLength: 1, pattern: '^\\S+$' },
    version: { type: 'number' },
    services: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: {
        properties: {
          protocol: { type: 'string', pattern: '^(tcp|udp|icmp|udplite|esp|ah|sctp|[0-9]+)?$' },
          ports: { type: 'array', items: { type: 'string' } },
        },
        required: ['protocol', 'ports'],
      },
    },
  },
  required: ['name', 'version', 'services'],
};
