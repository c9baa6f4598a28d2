import type { Config } from '../../config/schema.js';
import type { Self } from '../../otp/index.js';
import { storePatiently, type StorePatientlyNeeds } from '../store/store-patiently.js';
import { outputToDoc, type RulesetOutput, type RulesetOutputs } from './ruleset-outputs.js';

export interface KeepOutputNeeds extends StorePatientlyNeeds {
  readonly config: Pick<Config, 'publish_quiet_ms'>;
  readonly outputs: RulesetOutputs;
}

/**
 * In milliseconds: what is sent only after the quiet time may as well be stored along with other commits, as long as enough
 * of that time is left to compile and to sync.
 */
function mayWaitMs({ publish_quiet_ms: quietMs }: KeepOutputNeeds['config']): number {
  return Math.min(20, quietMs / 2);
}

/** Stores a group's ruleset, with its texts where the store has not got them yet; from then on it is the group's. */
export async function keepOutput(self: Self, needs: KeepOutputNeeds, output: RulesetOutput): Promise<void> {
  const { outputs } = needs;
  const { rulesets } = outputs;
  const { groupId, groupName, ruleset } = output;
  const doc = outputToDoc(groupId, groupName, output, outputs.failures.get(groupId));
  const giveBack = rulesets.claim(ruleset);
  try {
    await storePatiently(
      self,
      needs,
      [...rulesets.steps(ruleset), { op: 'upsert', table: 'ruleset_output', id: groupId, edit: () => doc }],
      'system',
      mayWaitMs(needs.config),
    );
    rulesets.saved(ruleset);
    outputs.set(output);
  } finally {
    giveBack();
  }
}
