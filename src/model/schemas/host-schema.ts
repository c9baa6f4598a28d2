import type { JsonSchema } from '../json-schema.js';
import { idSchema } from './id-schema.js';

/** `""` or epoch seconds: `maxLength` says nothing about numbers. */
const timestamp: JsonSchema = { type: ['number', 'string'], maxLength: 0 };
const needed: JsonSchema = { type: 'string', minLength: 1 };

/** host (docs/http-api.md#host). `interfaces` and what agents report are deliberately unchecked. */
export const hostSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'host',
  type: 'object',
  properties: {
    id: idSchema,
    hostkey: { type: 'string', minLength: 10, pattern: '^[A-Za-z0-9+%_.-](.*)$' },
    name: needed,
    group: { maxLength: 26 },
    environment: needed,
    location: needed,
    active: { enum: ['active', 'inactive', 'retired', 'new'] },
    hash_fail_count: { type: 'number' },
    hash_alert_sent: timestamp,
    ipset_hash_timestamp: timestamp,
    iptables_hash_timestamp: timestamp,
    keepalive_alert_sent: timestamp,
    keepalive_timestamp: timestamp,
    vars: { type: 'object' },
    alert_enable: { type: 'boolean' },
  },
  required: ['environment', 'group', 'hostkey', 'location', 'name'],
};
