import type { AlarmBook } from '../../alarms/alarm-book.js';
import { escapeHidden } from '../../model/hidden-characters.js';
import type { Rollout } from '../../rollout/rollout.js';

/** Names in a text; the rest are counted. */
const MOST_NAMES = 5;

/** docs/operate.md#rolloutpaused and below: each with the group behind a colon. */
const PAUSED_ALARM = 'rollout.paused';
const ROLLED_BACK_ALARM = 'rollout.rolled_back';
const BLOCKED_ALARM = 'rollout.blocked';

function ofGroup(alarm: string, groupId: string): string {
  return `${alarm}:group/${groupId}`;
}

/**
 * Shows what an operator must know of a group's newest rollout as long as it is so. A pause by this server's own blindness has alarms of its
 * own, and ends by itself.
 */
export function showRolloutAlarms(alarms: Pick<AlarmBook, 'show'>, rollout: Rollout): void {
  const { groupId, state, pause, why, id } = rollout;
  const group = JSON.stringify(escapeHidden(rollout.groupName));
  const hosts = namesOf(rollout);
  const paused = state === 'paused' && pause !== null && pause.kind !== 'blind';
  alarms.show(
    ofGroup(PAUSED_ALARM, groupId),
    paused
      ? `the rollout ${id} of group ${group} is paused: ${pause.why}${hosts}; look at it (dog-trainer rollout ${id}), then resume, promote or abort it`
      : undefined,
  );
  alarms.show(
    ofGroup(ROLLED_BACK_ALARM, groupId),
    state === 'rolled_back'
      ? `a change of group ${group} was rolled back: ${why ?? ''}${hosts}; its hosts have the rules from before, though policy says otherwise: mend the policy, or resume the rollout ${id}`
      : undefined,
  );
  alarms.show(
    ofGroup(BLOCKED_ALARM, groupId),
    state === 'rollback_blocked'
      ? `hosts of group ${group} have not shown that they have their former rules again${hosts}; look at them`
      : undefined,
  );
}

export function clearRolloutAlarms(alarms: Pick<AlarmBook, 'clear'>, groupId: string): void {
  for (const alarm of [PAUSED_ALARM, ROLLED_BACK_ALARM, BLOCKED_ALARM]) alarms.clear(ofGroup(alarm, groupId));
}

function namesOf({ failed }: Rollout): string {
  if (failed.length === 0) return '';
  const named = failed
    .slice(0, MOST_NAMES)
    .map(
      ({ name, status }) =>
        `${JSON.stringify(escapeHidden(name))} ${status === 'silent' ? 'is silent' : 'has other rules'}`,
    );
  const more = failed.length > MOST_NAMES ? [`${failed.length - MOST_NAMES} more`] : [];
  return ` (${[...named, ...more].join(', ')})`;
}
