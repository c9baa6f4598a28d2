import type { Document, JsonObject } from './document.js';
import { someRuleHas } from './rules-of.js';

/**
 * Ids of the existing profiles whose ruleset names the group or zone in a rule, active or not (docs/http-api.md#zone).
 */
export function profilesNaming(
  id: string,
  rulesets: readonly Document[],
  profiles: readonly Document[],
): readonly string[] {
  const existing = new Set(profiles.map((profile) => profile.id));
  const users = rulesets
    .filter((ruleset) => someRuleHas(ruleset, 'group', id))
    .map((ruleset) => ruleset['profile_id'])
    .filter((profile): profile is string => typeof profile === 'string' && existing.has(profile));
  return [...new Set(users)];
}

/** Ids of the groups that have the profile. */
export function groupsWithProfile(id: string, groups: readonly Document[]): readonly string[] {
  return groups.filter((group) => group['profile_id'] === id).map((group) => group.id);
}

/** Ids of the profiles that name the ruleset as theirs. */
export function profilesWithRuleset(id: string, profiles: readonly Document[]): readonly string[] {
  return profiles.filter((profile) => profile['ruleset_id'] === id).map((profile) => profile.id);
}

/** Rulesets with a rule for the service. */
export function rulesetsUsingService(id: string, rulesets: readonly Document[]): readonly Document[] {
  return rulesets.filter((ruleset) => someRuleHas(ruleset, 'service', id));
}

/** Profiles that some group has. */
export function activeProfiles(profiles: readonly Document[], groups: readonly Document[]): readonly Document[] {
  const used = new Set(groups.map((group) => group['profile_id']));
  return profiles.filter((profile) => used.has(profile.id));
}

/** Rulesets of the profiles that some group has, one per profile: the first (docs/http-api.md#lists). */
export function activeRulesets(rulesets: readonly Document[], groups: readonly Document[]): readonly Document[] {
  const wanted = new Set(groups.map((group) => group['profile_id']));
  return rulesets.filter((ruleset) => {
    const profile = ruleset['profile_id'];
    return typeof profile === 'string' && wanted.delete(profile);
  });
}

/** What a rule's `group` refers to. */
export type RulePeer = 'any' | 'group' | 'zone' | 'environment' | 'unknown';

/** Which table a rule's `group` is looked up in; a rule of a linked environment holds a name, not an id. */
export function rulePeer(rule: JsonObject): RulePeer {
  const environment = rule['environment'];
  if (typeof environment === 'string' && environment !== '' && environment !== 'local') return 'environment';
  switch (rule['group_type']) {
    case 'ANY':
      return 'any';
    case 'ROLE':
    case 'GROUP':
      return 'group';
    case 'ZONE':
      return 'zone';
    default:
      return 'unknown';
  }
}
