import { readRuleset } from '../../model/stored-ruleset.js';
import { textOf } from '../../model/text-of.js';
import { readRolloutPolicy, RolloutPolicyError } from '../../rollout/rollout-policy.js';
import { rolloutFromDoc } from '../../rollout/rollout-doc.js';
import type { Store } from '../../store/store.js';
import type { RulesetOutputs } from '../groups/ruleset-outputs.js';

/**
 * Reads which groups change in steps, and the newest rollout of each, at a start or takeover. Gives what can't be used, one sentence each.
 * @throws StoreError
 */
export async function loadRollouts(
  store: Pick<Store, 'get' | 'list' | 'listFields'>,
  { rollouts, rulesets }: Pick<RulesetOutputs, 'rollouts' | 'rulesets'>,
): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const { doc } of await store.list('rollout_policy')) {
    try {
      rollouts.policies.set(doc.id, readRolloutPolicy(doc['policy']));
    } catch (error) {
      if (!(error instanceof RolloutPolicyError)) throw error;
      lost.push(`the rollout policy of group ${doc.id} is none: ${error.where} ${error.message}`);
    }
  }
  const newest = new Map<string, { readonly id: string; readonly number: number }>();
  for (const { id, group_id: group, number } of await store.listFields('rollout', ['group_id', 'number'])) {
    if (typeof group !== 'string' || !Number.isSafeInteger(number) || Number(number) < 1) {
      lost.push(
        `the rollout ${id} can not be gone on with: it does not say of which group it is, or which of its rollouts`,
      );
      continue;
    }
    if (Number(number) > (newest.get(group)?.number ?? 0)) newest.set(group, { id, number: Number(number) });
  }
  const texts = async (id: string) =>
    rulesets.load(id, async () => readRuleset((await store.get('ruleset_text', id))?.doc));
  for (const [groupId, { id, number }] of newest) {
    rollouts.noteNumber(groupId, number);
    const doc = (await store.get('rollout', id))?.doc;
    if (doc === undefined) continue;
    // What nothing follows from any more need not be whole.
    const isOver = doc['state'] === 'done' || doc['state'] === 'superseded';
    const lose = (why: string): void => {
      if (!isOver) lost.push(`the rollout ${id} of group ${textOf(doc['group_name'])} can not be gone on with: ${why}`);
    };
    if ((await store.get('group', groupId)) === undefined) {
      lose('the group is gone');
      continue;
    }
    const [candidate, base] = [await texts(textOf(doc['candidate'])), await texts(textOf(doc['base']))];
    if (candidate === undefined || base === undefined) {
      lose('its texts are no longer kept');
      continue;
    }
    const rollout = rolloutFromDoc(doc, candidate, base);
    if (rollout === undefined) lose('what is stored of it is no rollout');
    else rollouts.set(rollout);
  }
  return lost;
}
