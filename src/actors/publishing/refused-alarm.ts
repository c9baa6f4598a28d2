import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { Publication } from '../../broker/broker.js';
import type { Refusal } from '../../broker/outbox-contract.js';

const PREFIX = 'broker.refused:';

/** The id of the alarm about messages of this target that the broker refuses. */
export function refusedAlarm(target: string): string {
  return `${PREFIX}${target}`;
}

/** The target that an alarm of this id is about; undefined: it is about something else. */
export function refusedTarget(alarm: string): string | undefined {
  return alarm.startsWith(PREFIX) ? alarm.slice(PREFIX.length) : undefined;
}

/** Targets whose messages are one host's. */
const HOST_TARGETS = ['host', 'host-sets', 'config'] as const;

/** A host that is gone is sent nothing more, so nothing would ever end its alarms. */
export function clearHostAlarms(alarms: Pick<AlarmBook, 'clear'>, hostkey: string): void {
  for (const kind of HOST_TARGETS) alarms.clear(refusedAlarm(`${kind}/${hostkey}`));
}

/** As `clearHostAlarms`, for a group. */
export function clearGroupAlarm(alarms: Pick<AlarmBook, 'clear'>, groupId: string): void {
  alarms.clear(refusedAlarm(`group/${groupId}`));
}

/** Clears what is about hosts and groups that are not there: a message that was under way when they went was refused later. */
export function clearAbandoned(
  alarms: Pick<AlarmBook, 'list' | 'clear'>,
  { hasHost, hasGroup }: { readonly hasHost: (key: string) => boolean; readonly hasGroup: (id: string) => boolean },
): void {
  for (const { id } of alarms.list()) {
    const [, kind, name] = /^broker\.refused:([^/]+)\/(.*)$/s.exec(id) ?? [];
    if (kind === undefined || name === undefined) continue;
    if (kind === 'group' ? !hasGroup(name) : HOST_TARGETS.some((each) => each === kind) && !hasHost(name))
      alarms.clear(id);
  }
}

/** Of an outbox that is no more: the next one does not know of them, and says it again if it is so. */
export function clearRefusedAlarms(alarms: Pick<AlarmBook, 'list' | 'clear'>): void {
  for (const { id } of alarms.list()) if (id.startsWith(PREFIX)) alarms.clear(id);
}

function lasting(seconds: number): string {
  return seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} seconds`;
}

/** Its text. `retrySeconds`: how often what no queue took is tried again. */
export function refusedText(
  { exchange, routingKey }: Publication,
  { reason, taken }: Refusal,
  retrySeconds: number,
): string {
  const what = `what goes to exchange ${exchange} with the key ${JSON.stringify(routingKey)}: ${reason}. `;
  return taken === 'none'
    ? `RabbitMQ did not take ${what}Raise max_message_size in its configuration; it is tried again every ${lasting(retrySeconds)}, and at once when it changes.`
    : `RabbitMQ did not take for everybody ${what}It is not sent again until it changes; hosts that lack it are found by their hashes and repaired. ` +
        'Look for a queue bound there that refuses messages (x-overflow reject-publish, a policy, a full queue).';
}
