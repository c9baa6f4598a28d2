import { RULESET_HASH_FIELDS, RULESET_VARIANTS, type RulesetHashField } from '../model/ruleset-variants.js';

const V4_FIELDS = RULESET_VARIANTS.filter(({ family }) => family === 'v4').map(({ hashField }) => hashField);

/** Whether a host that reports these hashes runs the rules with these four, whatever is tolerated. Makes nothing: it is asked of whole fleets. */
export function runsRules(
  reported: Readonly<Record<string, unknown>>,
  hashes: Readonly<Partial<Record<RulesetHashField, string>>>,
  { checkV6 }: { readonly checkV6: boolean },
): boolean {
  return (checkV6 ? RULESET_HASH_FIELDS : V4_FIELDS).every((field) => reported[field] === hashes[field]);
}
