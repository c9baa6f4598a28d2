import type { World } from '../../world/world.js';
import type { RulesetOutput, RulesetOutputs } from './ruleset-outputs.js';

export interface AssignedNeeds {
  readonly world: Pick<World, 'groupByName'>;
  readonly outputs: Pick<RulesetOutputs, 'get' | 'confirmedHashes' | 'changedAt'>;
}

/** What a host is to have. */
export interface Assigned {
  readonly groupId: string;
  /** The ruleset that it is sent; undefined: its group has none yet. */
  readonly output: RulesetOutput | undefined;
  /** The hash fields that it is expected to report: of what was confirmed last; undefined: not known in this run. */
  readonly hashes: Readonly<Record<string, string>> | undefined;
  /** Since when, epoch seconds; undefined: not known in this run. */
  readonly since: number | undefined;
}

/**
 * Which revision of its group a host is to have: the one place that says so, for repairs, starts, moves, reading back
 * and drift. All hosts of a group have the same: the one at which the group is held, else the newest that compiles.
 * Undefined: there is no such group.
 */
export function assignedTo(
  { world, outputs }: AssignedNeeds,
  { group: groupName }: { readonly hostkey: string; readonly group: string },
): Assigned | undefined {
  const group = groupName === '' ? undefined : world.groupByName(groupName);
  if (group === undefined) return undefined;
  return {
    groupId: group.id,
    output: outputs.get(group.id),
    hashes: outputs.confirmedHashes(group.id),
    since: outputs.changedAt(group.id),
  };
}
