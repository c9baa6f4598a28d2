import type { JsonSchema } from '../model/json-schema.js';
import { activeProfiles, groupsWithProfile } from '../model/references.js';
import { idSchema } from './id-schema.js';
import type { WatchedResource } from './resource.js';
import { always, usual } from './usual.js';
import { countBatches } from './watch.js';

/**
 * profile (docs/http-api.md#profile). `docker` is stored as sent (docs/rulesets.md#rules). `ruleset_id` may be empty: a
 * profile without a ruleset, as clients send it.
 */
const profileSchema: JsonSchema = {
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

export const profile: WatchedResource = {
  ...usual('profile', profileSchema),
  indexes: ['docker', 'name'],
  uniqueOn: { v1: ['name'], v2: [] },
  v1Item: ['id', 'name', 'created'],
  usedBy: {
    versions: ['v1'],
    reason: 'associated with group',
    of: async (id, needs) => groupsWithProfile(id, await needs.list('group')),
  },
  list: {
    flags: [{ name: 'active', description: 'true: only profiles that some group has' }],
    select: async (profiles, set, needs) =>
      set.has('active') ? activeProfiles(profiles, await needs.list('group')) : profiles,
    anyViewInV2: true,
  },
  subs: {
    summary: '`iptablesv4` and `iptablesv6`, with `git_diff` or `git_changes` compared with another profile',
    of: {},
  },
  terraform: { served: always(true), attributes: ['name', 'version'] },
  watch: {
    dirties: ({ id }, stale) => {
      stale.policy();
      stale.rulesOfProfile(id);
    },
    counts: countBatches('profile_update'),
  },
};
