import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Log } from '../../log/log.js';
import type { AlertDesk } from './alert-desk.js';

export interface FollowAlarmsNeeds {
  readonly alarms: AlarmBook;
  readonly config: { readonly alarm_alert_enabled: boolean };
  readonly log: Log;
  readonly metrics: Metrics;
  readonly alerts: AlertDesk;
}

/** Logs and counts what happens in the book of alarms, and tells people, for as long as the server lives. */
export function followAlarms({ alarms, config, log, metrics, alerts }: FollowAlarmsNeeds): void {
  metrics.gauge('dog_trainer_alarms', 0);
  alarms.onEvent(({ kind, alarm: { id, since, text } }) => {
    metrics.gauge('dog_trainer_alarms', alarms.size);
    if (kind === 'set') log.warn({ alarm: id }, `alarm: ${text}`);
    else log.info({ alarm: id, since }, `alarm is over: ${text}`);
    if (!config.alarm_alert_enabled) return;
    // Before the channels' actors run, and on a server that stands by, the log and /readyz have it.
    alerts.tell({
      kind: kind === 'set' ? 'alarm_set' : 'alarm_cleared',
      host: {},
      group: undefined,
      ipsetHash: undefined,
      differing: [],
      detail: text,
      alarm: id,
    });
  });
}
