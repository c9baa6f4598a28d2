import type { JsonSchema } from '../json-schema.js';
import { byHashField } from '../ruleset-variants.js';
import { idSchema } from './id-schema.js';

const addresses: JsonSchema = { type: 'array', items: { type: 'string' } };
const text: JsonSchema = { type: 'string' };

/** group (docs/http-api.md#group). */
export const groupSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'group',
  type: 'object',
  properties: {
    id: idSchema,
    name: { type: 'string', minLength: 1, maxLength: 26, pattern: '^[A-Za-z0-9_.-](.*)$' },
    description: text,
    profile_id: text,
    profile_name: { type: 'string', minLength: 1 },
    profile_version: text,
    ec2_security_group_ids: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          region: { type: 'string', pattern: '^(.*)-(.*)-(.*)$' },
          sgid: { type: 'string', pattern: '^sg-(.*)$' },
        },
      },
    },
    vars: { type: 'object' },
    alert_enable: { type: 'boolean' },
    created: { type: 'number' },
    ...byHashField(() => text),
    external_ipv4_addresses: addresses,
    external_ipv6_addresses: addresses,
  },
  required: ['name'],
};
