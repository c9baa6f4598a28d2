import type { JsonSchema } from '../json-schema.js';
import { idSchema } from './id-schema.js';

const text: JsonSchema = { type: 'string' };
const positive: JsonSchema = { type: 'number', minimum: 1 };

/** No key of a rule is required: consoles save rules that lack some (docs/http-api.md#ruleset). */
const rule: JsonSchema = {
  type: 'object',
  properties: {
    action: { enum: ['ACCEPT', 'DROP', 'REJECT'] },
    active: { type: 'boolean' },
    type: { enum: ['BASIC', 'CONNLIMIT', 'RECENT'] },
    group_type: { enum: ['ANY', 'GROUP', 'ROLE', 'ZONE'] },
    group: { type: 'string', minLength: 1, maxLength: 37, pattern: '^[A-Za-z0-9_.-](.*)$' },
    service: { type: 'string', minLength: 1, pattern: '^[A-Za-z0-9_.-]*$' },
    states: { type: 'array', items: { enum: ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID'] } },
    log: { type: 'boolean' },
    log_prefix: text,
    interface: text,
    comment: text,
    set_name: text,
    conn_limit_above: positive,
    conn_limit_mask: positive,
    seconds: positive,
    hit_count: positive,
  },
};

/** ruleset (docs/http-api.md#ruleset). */
export const rulesetSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'ruleset',
  type: 'object',
  properties: {
    id: idSchema,
    name: { type: 'string', minLength: 1 },
    profile_id: { type: 'string', minLength: 1 },
    rules: {
      type: 'object',
      properties: { inbound: { type: 'array', items: rule }, outbound: { type: 'array', items: rule } },
      required: ['inbound', 'outbound'],
    },
  },
  required: ['name'],
};
