import { readRuleset } from '../../model/stored-ruleset.js';
import { textOf } from '../../model/text-of.js';
import type { RulesetOutputs } from '../../actors/groups/ruleset-outputs.js';
import type { RolloutCall, RolloutCast, RolloutReply } from '../../actors/rollouts/rollout-messages.js';
import type { Document } from '../../model/document.js';
import type { ActorSystem, KeyedChildren } from '../../otp/index.js';
import { isLive, type Rollout } from '../../rollout/rollout.js';
import type { Store } from '../../store/store.js';
import type { World } from '../../world/world.js';
import type { RolloutLine, RolloutPolicyAnswer, RolloutsPort } from './rollout-answers.js';
import { hashesOf, rolloutDetail, rolloutLine, storedRolloutDetail, storedRolloutLine } from './rollout-lines.js';

export interface RolloutsPortNeeds {
  readonly system: Pick<ActorSystem, 'clock'>;
  readonly store: Pick<Store, 'get' | 'list' | 'commit'>;
  readonly world: Pick<World, 'rows' | 'groupByName' | 'hostsOf' | 'hostByKey'>;
  readonly outputs: Pick<RulesetOutputs, 'rollouts' | 'rulesets'>;
  readonly rollers: Pick<KeyedChildren<RolloutCast, RolloutCall, RolloutReply>, 'call'>;
}

/** Of a server that leads. */
export function rolloutsPort({ system, store, world, outputs, rollers }: RolloutsPortNeeds): RolloutsPort {
  const { rollouts, rulesets } = outputs;
  const texts = async (id: string) =>
    rulesets.load(id, async () => readRuleset((await store.get('ruleset_text', id))?.doc));
  const policyOf = (group: Document): RolloutPolicyAnswer => ({
    group_id: group.id,
    group: textOf(group['name']),
    own: rollouts.policies.get(group.id) ?? null,
    used: rollouts.policyOf(group.id) ?? null,
  });
  const find = (id: string): Rollout | undefined => [...rollouts.values()].find((one) => one.id === id);
  return {
    async list(state) {
      const lines: RolloutLine[] = [];
      for (const { doc } of await store.list('rollout')) {
        // One in memory is as new as can be.
        const known = rollouts.get(textOf(doc['group_id']));
        const line = known?.id === doc.id ? rolloutLine(known) : storedRolloutLine(doc);
        if (line !== undefined && (state === undefined || line.state === state)) lines.push(line);
      }
      return lines.sort((a, b) => b.created_at - a.created_at || b.number - a.number);
    },
    async get(id) {
      const known = find(id);
      const now = Math.floor(system.clock.now() / 1000);
      if (known !== undefined) return rolloutDetail(known, { rollouts, world, now });
      const doc = (await store.get('rollout', id))?.doc;
      if (doc === undefined) return undefined;
      const [candidate, base] = [await texts(textOf(doc['candidate'])), await texts(textOf(doc['base']))];
      return storedRolloutDetail(doc, {
        hashes: candidate === undefined ? null : hashesOf(candidate),
        hashes_before: base === undefined ? null : hashesOf(base),
      });
    },
    async order(id, tag, { author, reason }) {
      const rollout = find(id);
      if (rollout === undefined) {
        if ((await store.get('rollout', id)) === undefined) return 'unknown';
        return { ok: false, why: 'it is over, and another has taken its place' };
      }
      if (!isLive(rollout) && !(tag === 'resume' && rollout.state === 'rolled_back'))
        return { ok: false, why: `it is ${rollout.state}` };
      return rollers.call(rollout.groupId, { tag, id, author, reason });
    },
    policy(group) {
      const row = world.rows('group').get(group) ?? world.groupByName(group);
      return row === undefined ? undefined : policyOf(row);
    },
    policies: () =>
      [...world.rows('group').values()]
        .map(policyOf)
        .sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : a.group_id < b.group_id ? -1 : 1)),
    async setPolicy(groupId, policy, author) {
      if (policy === undefined) {
        if (!rollouts.policies.has(groupId)) return;
        await store.commit([{ op: 'remove', table: 'rollout_policy', id: groupId }], { author });
        rollouts.policies.delete(groupId);
        return;
      }
      const doc = { id: groupId, policy: { ...policy, steps: policy.steps.map((step) => ({ ...step })) } };
      await store.commit([{ op: 'upsert', table: 'rollout_policy', id: groupId, edit: () => doc }], { author });
      rollouts.policies.set(groupId, policy);
    },
  };
}
