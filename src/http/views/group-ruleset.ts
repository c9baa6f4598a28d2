import type { Document, Json, JsonObject } from '../../model/document.js';
import type { RulesetVariantKey } from '../../model/ruleset-variants.js';
import { isObject } from '../../model/validate.js';

/**
 * `GET /api/V2/group/:id/ruleset`: what was compiled for the group, when, and whether it was sent to hosts. `state`:
 * `pending` (nothing compiled yet), `compiled`, `published`, or `error`: the policy can't be compiled, the texts are
 * the last good ones, and `error` names the rule and the field.
 */
export function groupRuleset(group: Document, output: Document | undefined): JsonObject {
  const about = { id: group.id, group: group['name'] ?? null };
  if (!output) return { ...about, state: 'pending', compiled_at: null, published_at: null, error: null };
  const { error = null, compiled_at: compiled = null, published_at: published = null } = output;
  const state =
    error !== null ? 'error' : compiled === null ? 'pending' : published === null ? 'compiled' : 'published';
  const { id: _id, group_name: _name, ...rest } = output;
  return { ...rest, ...about, state, compiled_at: compiled, published_at: published, error };
}

/**
 * One of the texts; undefined when there is none yet, and where it is blank: rules without sets are made on demand
 * only.
 */
export function groupRulesetText(output: Document | undefined, part: RulesetVariantKey): string | undefined {
  const found: Json | undefined = output?.[part];
  const text = isObject(found) ? found['text'] : undefined;
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}
