import type { RulesetOutputs } from '../../actors/groups/ruleset-outputs.js';
import { whyNotSent, type WhyNotSentNeeds } from '../../actors/last-good/why-not-sent.js';
import type { Document } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { isLive } from '../../rollout/rollout.js';
import type { World } from '../../world/world.js';

export type WhyPendingNeeds = WhyNotSentNeeds & {
  readonly world: Pick<World, 'groupByName'>;
  readonly outputs: { readonly rollouts: Pick<RulesetOutputs['rollouts'], 'get' | 'ahead'> };
};

/**
 * Why hosts do not have yet what is meant for them, as far as that lies with this server; undefined: nothing is on its
 * way. One for each page: what is the same for a group is worked out once.
 */
export function whyPending(needs: WhyPendingNeeds): (host: Document) => string | undefined {
  const { world, outputs } = needs;
  const ofGroups = new Map<string, string | undefined>();
  const ofGroup = (groupId: string): string | undefined => {
    if (!ofGroups.has(groupId)) ofGroups.set(groupId, whyNotSent(needs, groupId));
    return ofGroups.get(groupId);
  };
  return (host) => {
    const group = world.groupByName(textOf(host.group));
    if (group === undefined) return undefined;
    const ahead = outputs.rollouts.ahead(group.id, textOf(host.hostkey));
    if (ahead !== undefined) return ahead.confirmedAt === null ? 'the broker has not confirmed it yet' : undefined;
    const rollout = outputs.rollouts.get(group.id);
    return (
      ofGroup(group.id) ??
      (rollout !== undefined && isLive(rollout) && rollout.returnedAt === null
        ? `the rollout ${rollout.id} has not come to this host yet`
        : undefined)
    );
  };
}
