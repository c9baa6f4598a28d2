import type { Clock, Self } from '../../otp/index.js';
import type { GroupSets } from '../../world/group-sets.js';
import type { RenderedSets } from '../../world/set-book.js';
import type { Slices } from '../../world/slices.js';
import type { World } from '../../world/world.js';
import type { RulesetOutputs } from '../groups/ruleset-outputs.js';
import { storePatiently, type StorePatientlyNeeds } from '../store/store-patiently.js';
import type { ConfirmedSets } from './confirmed-sets.js';
import { beginSetsByGroup } from './sets-by-group.js';

export interface TakeByGroupNeeds extends StorePatientlyNeeds {
  readonly clock: Pick<Clock, 'now'>;
  readonly world: Pick<World, 'rows'>;
  readonly confirmedSets: ConfirmedSets;
  readonly groupSets: Pick<GroupSets, 'era' | 'take'>;
  readonly outputs: Pick<RulesetOutputs, 'setLists'>;
  readonly slices: Pick<Slices, 'run'>;
}

/**
 * Each group gets those of the sets that its rules name, with its rules.
 * @returns the lists of sets (`listKey`) that hold something else now
 */
export async function takeByGroup(
  self: Self,
  needs: TakeByGroupNeeds,
  rendered: RenderedSets,
): Promise<ReadonlySet<string>> {
  const { groupSets, outputs, slices } = needs;
  if (groupSets.era === undefined) {
    const { changes, stored } = beginSetsByGroup(needs);
    await storePatiently(self, needs, changes, 'system');
    stored();
  }
  return slices.run(groupSets.take(rendered, outputs.setLists()));
}
