import type { RolloutBook } from '../rollouts/rollout-book.js';
import type { World } from '../../world/world.js';
import { hashFieldsOf, type RulesetOutput, type RulesetOutputs } from './ruleset-outputs.js';

export interface AssignedNeeds {
  readonly world: Pick<World, 'groupByName'>;
  readonly outputs: Pick<RulesetOutputs, 'get' | 'confirmedHashes' | 'confirmedSets' | 'changedAt'> & {
    readonly rollouts: Pick<RolloutBook, 'ahead' | 'returnedAt'>;
  };
}

/** What a host is to have. */
export interface Assigned {
  readonly groupId: string;
  /** The ruleset that it is sent; undefined: its group has none yet. */
  readonly output: RulesetOutput | undefined;
  /** The hash fields that it is expected to report: of what was confirmed last; undefined: not known in this run. */
  readonly hashes: Readonly<Record<string, string>> | undefined;
  /** Full names of the sets in the rules that it is expected to have; undefined: not known in this run. */
  readonly sets: readonly string[] | undefined;
  /** It gets what it has by its own key, not with its group. */
  readonly alone: boolean;
  /** Since when, epoch seconds; undefined: not known in this run. */
  readonly since: number | undefined;
}

/**
 * Which revision of its group a host is to have: the one place that says so, for repairs, starts, moves, reading back
 * and drift. A host that a rollout gave the next one already has that; all others have what the group has: the one at
 * which it is held, else the newest that compiles and went to all. Undefined: there is no such group.
 */
export function assignedTo(
  { world, outputs }: AssignedNeeds,
  { hostkey, group: groupName }: { readonly hostkey: string; readonly group: string },
): Assigned | undefined {
  const group = groupName === '' ? undefined : world.groupByName(groupName);
  if (group === undefined) return undefined;
  const output = outputs.get(group.id);
  const ahead = outputs.rollouts.ahead(group.id, hostkey);
  if (ahead === undefined || output === undefined) {
    const since = outputs.changedAt(group.id);
    const returned = outputs.rollouts.returnedAt(group.id, hostkey);
    return {
      groupId: group.id,
      output,
      hashes: outputs.confirmedHashes(group.id),
      sets: outputs.confirmedSets(group.id),
      alone: returned !== undefined,
      since: returned === undefined ? since : Math.max(since ?? 0, returned),
    };
  }
  const { ruleset, compiledAt, confirmedAt } = ahead;
  const next: RulesetOutput = { ...output, ruleset, compiledAt, publishedAt: confirmedAt };
  if (confirmedAt === null)
    // On its way: what the group has is not yet wrong.
    return {
      groupId: group.id,
      output: next,
      hashes: outputs.confirmedHashes(group.id),
      sets: outputs.confirmedSets(group.id),
      alone: true,
      since: outputs.changedAt(group.id),
    };
  return {
    groupId: group.id,
    output: next,
    hashes: hashFieldsOf(next),
    sets: ruleset.sets,
    alone: true,
    since: confirmedAt,
  };
}
