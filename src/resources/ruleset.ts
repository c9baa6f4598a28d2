import type { Document, JsonObject } from '../model/document.js';
import type { JsonSchema } from '../model/json-schema.js';
import { activeRulesets, profilesWithRuleset } from '../model/references.js';
import { rulesetWithNames } from '../model/ruleset-names.js';
import { checkRuleset } from './checks/check-ruleset.js';
import { idSchema } from './id-schema.js';
import type { Needs, WatchedResource } from './resource.js';
import { always, usual } from './usual.js';
import { loadNames } from './views/load-names.js';
import { countBatches } from './watch.js';

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
const rulesetSchema: JsonSchema = {
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

async function select(
  all: readonly Document[],
  set: ReadonlySet<string>,
  needs: Needs,
): Promise<readonly JsonObject[]> {
  const rulesets = set.has('active') ? activeRulesets(all, await needs.list('group')) : all;
  if (!set.has('names')) return rulesets;
  const names = await loadNames(needs);
  return rulesets.map((ruleset) => rulesetWithNames(ruleset, names));
}

export const ruleset: WatchedResource = {
  ...usual('ruleset', rulesetSchema),
  indexes: ['name', 'profile_id'],
  v1Item: 'all',
  check: checkRuleset,
  writtenInTurn: true,
  usedBy: {
    versions: ['v2'],
    reason: 'associated with profile',
    of: async (id, needs) => profilesWithRuleset(id, await needs.list('profile')),
  },
  list: {
    flags: [
      { name: 'active', description: 'true: only rulesets of profiles that some group has, one a profile' },
      { name: 'names', description: 'true: rules hold names in place of ids' },
    ],
    select,
    anyViewInV2: true,
  },
  terraform: {
    served: always(true),
    attributes: ['name', 'profile_id', 'rules'],
    needs: [...(rulesetSchema.required ?? []), 'rules'],
  },
  watch: {
    dirties: (change, stale) => {
      stale.policy();
      for (const row of [change.before, change.after])
        if (typeof row?.profile_id === 'string') stale.rulesOfProfile(row.profile_id, change);
    },
    counts: countBatches('ruleset_update'),
  },
};
