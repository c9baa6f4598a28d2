import type { JsonSchema } from '../model/json-schema.js';
import { textOf } from '../model/text-of.js';
import { idSchema } from './id-schema.js';
import type { WatchedResource } from './resource.js';
import { NAME, needs, usual } from './usual.js';

const sets: JsonSchema = {
  type: 'object',
  properties: {
    groups: { type: 'object', additionalProperties: { type: 'array' } },
    zones: { type: 'object', additionalProperties: { type: 'array' } },
  },
  required: ['groups', 'zones'],
};

/** external (docs/http-api.md#external): the sets that a linked environment sent. */
const externalSchema: JsonSchema = {
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

const NO_SETS = { groups: {}, zones: {} };

export const external: WatchedResource = {
  ...usual('external', externalSchema),
  createSchema: { v1: needs({ name: NAME }), v2: externalSchema },
  merge: 'replace',
  // Consoles need both members of both families in every external (clients, dog_park).
  complete: (doc, now, version) => ({
    state: 'active',
    ...(version === 'v1' ? { v4: NO_SETS, v6: NO_SETS } : {}),
    ...doc,
    timestamp: now,
  }),
  touch: (doc, now) => ({ ...doc, timestamp: now }),
  watch: {
    dirties: ({ before, after }, stale) => {
      stale.policy();
      stale.sets(`external->${textOf(after?.name ?? before?.name)}`);
      stale.allAddresses();
    },
  },
};
