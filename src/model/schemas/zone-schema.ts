import type { JsonSchema } from '../json-schema.js';
import { idSchema } from './id-schema.js';

/** A dotted quad of 0 to 255 anywhere in the text; whether the whole text is an address is checked apart from the schema. */
const CONTAINS_IPV4 =
  '(([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\\.){3}([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])';

/** Hexadecimal groups with at least two colons anywhere in the text. */
const CONTAINS_IPV6 = '([0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}';

/** zone (docs/http-api.md#zone). */
export const zoneSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'zone',
  type: 'object',
  properties: {
    id: idSchema,
    name: { type: 'string', minLength: 1, maxLength: 28, pattern: '^[A-Za-z0-9_.-](.*)$' },
    ipv4_addresses: { type: 'array', items: { type: 'string', pattern: CONTAINS_IPV4 } },
    ipv6_addresses: { type: 'array', items: { type: 'string', pattern: CONTAINS_IPV6 } },
  },
  required: ['name', 'ipv4_addresses', 'ipv6_addresses'],
};
