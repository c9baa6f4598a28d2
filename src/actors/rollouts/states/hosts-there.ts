import { textOf } from '../../../model/text-of.js';
import type { Rollout } from '../../../rollout/rollout.js';
import type { RollerRun } from '../roller-run.js';

/** Hosts of the group that reported before it went to all; those that did not are found by their hashes when they come. */
export function hostsThere(run: RollerRun, { groupName, promotedAt, policy }: Rollout): readonly string[] {
  const { needs, watch, now } = run;
  const since = (promotedAt ?? now) - policy.deadline_seconds;
  return needs.world.hostsOf(groupName).flatMap((row) => {
    const hostkey = textOf(row['hostkey']);
    const heard = typeof row['keepalive_timestamp'] === 'number' && row['keepalive_timestamp'] >= since;
    return hostkey !== '' && row['active'] !== 'retired' && (heard || watch.progress.has(hostkey)) ? [hostkey] : [];
  });
}
