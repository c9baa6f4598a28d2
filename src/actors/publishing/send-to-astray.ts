import type { Outbox } from '../../broker/outbox-contract.js';
import { textOf } from '../../model/text-of.js';
import type { Clock } from '../../otp/index.js';
import { type GroupSets, listKey } from '../../world/group-sets.js';
import type { World } from '../../world/world.js';
import { assignedTo, type AssignedNeeds } from '../groups/assigned.js';
import type { RulesetOutput } from '../groups/ruleset-outputs.js';
import { hostsAhead } from '../../rollout/rollout.js';
import type { RolloutBook } from '../rollouts/rollout-book.js';
import { hostRuleset, setsAloneToHost } from './publications.js';
import { reportDropped, type ReportDroppedNeeds } from './report-dropped.js';

export interface SendToAstrayNeeds extends ReportDroppedNeeds, AssignedNeeds {
  readonly world: Pick<World, 'deafMembers' | 'strayListeners' | 'groupByName' | 'hostByKey'>;
  readonly outputs: AssignedNeeds['outputs'] & { readonly rollouts: Pick<RolloutBook, 'get' | 'ahead' | 'returnedAt'> };
  readonly outbox: Pick<Outbox, 'put'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly groupSets: Pick<GroupSets, 'of'>;
}

export interface SendSetsAheadNeeds extends SendToAstrayNeeds {
  readonly outputs: SendToAstrayNeeds['outputs'] & { readonly rollouts: Pick<RolloutBook, 'values'> };
}

/**
 * Agents that were moved over the API go on listening to their old group
 * (docs/protocol.md#the-first-message-costs-the-queue): members of this group that listen elsewhere get their own copy,
 * and those of other groups that listen here get theirs after it. So do hosts of this group that a rollout gave newer
 * rules already. `what`: what the group was sent.
 */
export function sendToAstray(needs: SendToAstrayNeeds, output: RulesetOutput, what: 'rules' | 'sets' = 'rules'): void {
  const { world, outbox, clock, groupSets } = needs;
  const copies = [
    ...world.deafMembers(output.groupName).map((host) => ({ host, output })),
    ...aheadOf(needs, output),
    ...world.strayListeners(output.groupName).flatMap((host) => {
      const own = assignedTo(needs, { hostkey: textOf(host.hostkey), group: textOf(host.group) })?.output;
      return own === undefined ? [] : [{ host, output: own }];
    }),
  ];
  for (const { host, output: own } of copies) {
    const hostkey = textOf(host.hostkey);
    const sets = groupSets.of(own.ruleset.sets);
    const put =
      what === 'sets' && sets !== undefined
        ? setsAloneToHost(sets, hostkey, clock.now(), output.groupId)
        : ({
            target: `host/${hostkey}`,
            class: 'host',
            after: [`group/${output.groupId}`],
            publication: hostRuleset(own, hostkey, clock.now(), sets),
          } as const);
    reportDropped(needs, put, outbox.put(put));
  }
}

/** Hosts that rollouts gave newer rules, where sets that those name hold something else now. `changed`: lists of sets (`listKey`). */
export function sendSetsAhead(needs: SendSetsAheadNeeds, changed: ReadonlySet<string>): void {
  for (const { groupId, candidate } of needs.outputs.rollouts.values())
    if (changed.has(listKey(candidate.sets))) sendSetsAheadOf(needs, groupId);
}

function sendSetsAheadOf(needs: SendToAstrayNeeds, groupId: string): void {
  const output = needs.outputs.get(groupId);
  if (output === undefined) return;
  for (const { host, output: own } of aheadOf(needs, output)) {
    const sets = needs.groupSets.of(own.ruleset.sets);
    if (sets === undefined) return;
    const put = setsAloneToHost(sets, textOf(host.hostkey), needs.clock.now(), groupId);
    reportDropped(needs, put, needs.outbox.put(put));
  }
}

function aheadOf({ outputs, world }: SendToAstrayNeeds, { groupId, groupName }: RulesetOutput) {
  const rollout = outputs.rollouts.get(groupId);
  if (rollout === undefined) return [];
  return hostsAhead(rollout).flatMap((hostkey) => {
    const ahead = outputs.rollouts.ahead(groupId, hostkey);
    const host = world.hostByKey(hostkey);
    if (ahead === undefined || host?.group !== groupName) return [];
    const own = assignedTo({ world, outputs }, { hostkey, group: groupName })?.output;
    return own === undefined ? [] : [{ host, output: own }];
  });
}
