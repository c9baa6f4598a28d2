import { ALERT_KINDS, type Alert, type AlertKind } from './alert.js';
import { alertFacts } from './alert-facts.js';

const KIND_WORDS: Readonly<Record<AlertKind, string>> = {
  retirement: 'retired',
  keepalive_fail: 'disconnected',
  keepalive_recover: 'reconnected',
  hash_fail: 'locally modified',
  hash_recover: 'back in control',
  compile_fail: 'cannot compile',
  alarm_set: 'alarm set',
  alarm_cleared: 'alarm cleared',
};

/** What happened, in one line: the subject of its mail (docs/host-lifecycle.md#mails). */
export function alertHeadline(alert: Alert): string {
  const { host, group, alarm } = alertFacts(alert);
  switch (alert.kind) {
    case 'retirement':
      return `Dog Agent Retired: ${quoted(host)}`;
    case 'keepalive_fail':
      return `Dog Agents Disconnected: ${quoted(host)}`;
    case 'keepalive_recover':
      return `Dog Agents Reconnected: ${quoted(host)}`;
    case 'hash_fail':
      return `Dog Locally Modified On: ${host}`;
    case 'hash_recover':
      return `Dog Back In Control On: ${host}`;
    case 'compile_fail':
      return `Dog Cannot Compile: ${quoted(group)}`;
    case 'alarm_set':
      return `Dog Alarm: ${alarm}`;
    case 'alarm_cleared':
      return `Dog Alarm Cleared: ${alarm}`;
  }
}

/** The alert as one line of a digest. */
export function alertLine(alert: Alert): string {
  const { kind, host, hostkey, group, alarm, detail } = alertFacts(alert);
  const word = KIND_WORDS[kind];
  if (alert.alarm !== undefined) return `${word}: ${alarm}, ${detail}`;
  if (kind === 'compile_fail') return `${word}: group ${quoted(group)}, ${detail}`;
  return `${word}: ${quoted(host)}, group ${group}, hostkey ${hostkey}`;
}

/** The headline of a digest: how many alerts there were in `seconds`, of each kind. */
export function digestHeadline(counts: ReadonlyMap<AlertKind, number>, seconds: number): string {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const parts = ALERT_KINDS.flatMap((kind) => {
    const count = counts.get(kind);
    return count === undefined ? [] : [`${count} ${KIND_WORDS[kind]}`];
  });
  return `Dog Alerts: ${total} in ${seconds} seconds (${parts.join(', ')})`;
}

export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
