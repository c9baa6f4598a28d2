import { RulesetOutputs, type RulesetOutput } from '../../../src/actors/groups/ruleset-outputs.js';
import { packRulesetSync } from '../../../src/model/stored-ruleset.js';

/** The four texts and hashes of a ruleset called `name`; hashes are `<name>-set4` and so on. */
export function rulesetOf(name: string, sets: readonly string[] = []): RulesetOutput['ruleset'] {
  const text = (variant: string) => ({ text: `${variant} of ${name}`, hash: `${name}-${variant}` });
  return packRulesetSync(
    { set4: text('set4'), set6: text('set6'), unset4: text('unset4'), unset6: text('unset6') },
    sets,
  );
}

/** The outputs where one group has this ruleset, confirmed at `publishedAt` (epoch seconds). */
export function outputsOf(
  group: { readonly id: string; readonly name: string },
  ruleset: RulesetOutput['ruleset'],
  publishedAt: number | null,
): RulesetOutputs {
  const outputs = new RulesetOutputs();
  const { id: groupId, name: groupName } = group;
  outputs.set({ groupId, groupName, dialect: 'dog2', ruleset, compiledAt: publishedAt ?? 0, publishedAt });
  return outputs;
}

/** The rule hashes that an agent reports who has this ruleset. */
export function hashesOf(name: string): Readonly<Record<string, string>> {
  return {
    hash4_ipsets: `${name}-set4`,
    hash6_ipsets: `${name}-set6`,
    hash4_iptables: `${name}-unset4`,
    hash6_iptables: `${name}-unset6`,
  };
}
