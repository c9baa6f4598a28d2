import type { AlarmBook } from '../../alarms/alarm-book.js';
import { escapeHidden } from '../../model/hidden-characters.js';
import type { Rollout } from '../../rollout/rollout.js';

/** Names in a text; the rest are counted. */
const MOST_NAMES = 5;

const KINDS = ['paused', 'rolled_back', 'blocked'] as const;

/** docs/operate.md#rollout */
function alarmId(kind: (typeof KINDS)[number], groupId: string): string {
  return `rollout.${kind}:group/${groupId}`;
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
    alarmId('paused', groupId),
    paused
      ? `the rollout ${id} of group ${group} is paused: ${pause.why}${hosts}; look at it (dog-trainer rollout ${id}), then resume, promote or abort it`
      : undefined,
  );
  alarms.show(
    alarmId('rolled_back', groupId),
    state === 'rolled_back'
      ? `a change of group ${group} was rolled back: ${why ?? ''}${hosts}; its hosts have the rules from before, though policy says otherwise: mend the policy, or resume the rollout ${id}`
      : undefined,
  );
  alarms.show(
    alarmId('blocked', groupId),
    state === 'rollback_blocked'
      ? `hosts of group ${group} have not shown that they have their former rules again${hosts}; look at them`
      : undefined,
  );
}

export function clearRolloutAlarms(alarms: Pick<AlarmBook, 'clear'>, groupId: string): void {
  for (const kind of KINDS) alarms.clear(alarmId(kind, groupId));
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
