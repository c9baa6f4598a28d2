import { readRuleset } from '../../model/stored-ruleset.js';
import { textOf } from '../../model/text-of.js';
import type { RulesetOutputs } from '../../actors/groups/ruleset-outputs.js';
import type { RolloutCall, RolloutCast, RolloutReply } from '../../actors/rollouts/rollout-messages.js';
import type { Document } from '../../model/document.js';
import type { ActorSystem, KeyedChildren } from '../../otp/index.js';
import { isLive, type Rollout } from '../../rollout/rollout.js';
import { rolloutFromDoc } from '../../rollout/rollout-doc.js';
import type { Store } from '../../store/store.js';
import type { World } from '../../world/world.js';
import type { RolloutPolicyAnswer, RolloutsPort } from './rollout-answers.js';
import { rolloutDetail, rolloutLine } from './rollout-lines.js';

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
  /** One in memory is as new as can be; of one that is over the texts may be gone. */
  const read = async (doc: Document): Promise<Rollout | undefined> => {
    const known = rollouts.get(textOf(doc['group_id']));
    if (known?.id === doc.id) return known;
    const [candidate, base] = [await texts(textOf(doc['candidate'])), await texts(textOf(doc['base']))];
    return candidate === undefined || base === undefined ? undefined : rolloutFromDoc(doc, candidate, base);
  };
  const policyOf = (group: Document): RolloutPolicyAnswer => ({
    group_id: group.id,
    group: textOf(group['name']),
    own: rollouts.policies.get(group.id) ?? null,
    used: rollouts.policyOf(group.id) ?? null,
  });
  const find = (id: string): Rollout | undefined => [...rollouts.values()].find((one) => one.id === id);
  return {
    async list(state) {
      const found: Rollout[] = [];
      for (const { doc } of await store.list('rollout')) {
        if (state !== undefined && doc['state'] !== state) continue;
        const rollout = await read(doc);
        if (rollout !== undefined) found.push(rollout);
      }
      return found.sort((a, b) => b.createdAt - a.createdAt || b.number - a.number).map(rolloutLine);
    },
    async get(id) {
      const doc = (await store.get('rollout', id))?.doc;
      const rollout = find(id) ?? (doc === undefined ? undefined : await read(doc));
      const now = Math.floor(system.clock.now() / 1000);
      return rollout === undefined ? undefined : rolloutDetail(rollout, { rollouts, world, now });
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
