import type { Rollout } from '../../rollout/rollout.js';
import { type HostsWorld, reportedAt } from './group-hosts.js';

/**
 * Why a change can't go to all yet though no host is left that could show it first; undefined: it may. Hosts that are silent
 * now, and hosts that are still in the group under its former name, will hear of it: they are not nobody. A group that never
 * had a host that was heard has nobody who could show anything. `reporting`: hosts of the group that report; `shown`: hosts
 * that have shown the change.
 */
export function hostsUnseen(
  world: Pick<HostsWorld, 'hostsOf' | 'groupByName'>,
  { groupName, formerNames }: Pick<Rollout, 'groupName' | 'formerNames'>,
  { reporting, shown }: { readonly reporting: number; readonly shown: number },
): string | undefined {
  for (const name of formerNames) {
    // Another group may have the name by now.
    const left = name === groupName || world.groupByName(name) !== undefined ? 0 : everHeard(world, name);
    if (left > 0)
      return `${left === 1 ? '1 host is' : `${left} hosts are`} still in group ${JSON.stringify(name)}, as it was called before`;
  }
  if (reporting > 0 || shown > 0) return undefined;
  const silent = everHeard(world, groupName);
  if (silent === 0) return undefined;
  return silent === 1 ? 'its only host does not report' : `none of its ${silent} hosts reports`;
}

/** Hosts in use of a group that have reported at any time. */
function everHeard(world: Pick<HostsWorld, 'hostsOf'>, groupName: string): number {
  let count = 0;
  for (const row of world.hostsOf(groupName)) if (row['active'] !== 'retired' && reportedAt(row) > 0) count += 1;
  return count;
}
