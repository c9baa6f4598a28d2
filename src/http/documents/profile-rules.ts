import { unknownReferences } from '../../config/unknown-references.js';
import type { Family } from '../../firewall/addresses/family.js';
import { compilePolicy } from '../../firewall/rules/compile-ruleset.js';
import { readProfileInSteps } from '../../firewall/rules/read-profile.js';
import { NO_ADDRESSES } from '../../firewall/rules/ruleset-input.js';
import { RULE_CHOICES } from '../../firewall/dialect-rules.js';
import { variantsOfType } from '../../model/ruleset-variants.js';
import { checkSlices } from '../checks/check-slices.js';
import { needsOf } from '../checks/needs-of.js';
import { ruleFinding } from '../../resources/checks/rule-findings.js';
import { loadRuleLookups } from '../../resources/checks/rule-lookups.js';
import { byId, notFound } from './find-document.js';
import { violationError } from './violation-error.js';
import { jsonReply, textReply, type Reply } from '../reply.js';
import type { Call } from '../route.js';
import { gitDiff } from '../text/git-diff.js';
import { diffLines } from '../text/line-diff.js';
import { diffName } from './profile-text.js';

const FAMILIES: Readonly<Record<string, Family>> = Object.fromEntries(
  variantsOfType('iptables').map(({ apiName, family }) => [apiName, family]),
);

/**
 * Answers `GET /api/profile/:id/iptablesv4` and `iptablesv6`, which dog_park asks for: the rules that hosts of a group
 * with this profile are sent, as text. `git_diff=ID`: how those of profile ID differ, as `git diff` prints it;
 * `git_changes=ID`: how many lines it adds and removes, as JSON `[added, removed]`. Undefined: another sub-resource.
 * Throws `data_invalid` where the rules can't be compiled.
 */
export async function profileRulesReply(call: Call, id: string, sub: string): Promise<Reply | undefined> {
  const family = Object.hasOwn(FAMILIES, sub) ? FAMILIES[sub] : undefined;
  if (family === undefined) return undefined;
  const text = await rulesText(call, id, family);
  const diff = call.query.get('git_diff');
  if (diff !== null)
    return textReply(gitDiff(text, await rulesText(call, diff, family), [diffName(id), diffName(diff)]));
  const changes = call.query.get('git_changes');
  if (changes === null) return textReply(text);
  const lines = diffLines(text.split('\n'), (await rulesText(call, changes, family)).split('\n'));
  const count = (mark: '+' | '-') => lines.filter((line) => line.mark === mark).length;
  return jsonReply([count('+'), count('-')]);
}

/** The group is not known here, so rules for a group's own members name the set of `self`. */
async function rulesText({ deps }: Call, id: string, version: Family): Promise<string> {
  const profile = await byId(deps.store, 'profile', id);
  if (!profile) throw notFound('profile', 'with this id');
  const ruleset = (await deps.store.find('ruleset', 'profile_id', id))[0];
  const dialect = deps.runtime.dialect();
  const rules = ruleset?.doc['rules'] ?? { inbound: [], outbound: [] };
  const anyIsEveryone = unknownReferences(deps.config, dialect) === 'accept';
  const read = await checkSlices.run(
    readProfileInSteps({ ...profile.doc, rules }, RULE_CHOICES[dialect], { anyIsEveryone }),
  );
  const lookups = await loadRuleLookups(needsOf(deps));
  const result = read.ok
    ? await checkSlices.run(
        compilePolicy(
          read.policy,
          { type: 'ipsets', version, selfGroup: 'self', lookups, addresses: NO_ADDRESSES },
          dialect,
        ),
      )
    : read;
  if (result.ok) return result.text;
  const finding = ruleFinding([result.error]);
  if (finding === undefined) throw notFound('profile', 'whose rules compile');
  throw violationError(finding.violation, finding.more);
}
