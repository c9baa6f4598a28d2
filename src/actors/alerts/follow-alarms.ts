import { cast } from '../../otp/index.js';
import type { ServerBase } from '../context.js';
import { MAILER } from './alert-messages.js';

/** Logs, counts and mails what happens in the book of alarms, for as long as the server lives. */
export function followAlarms({ alarms, config, system, log, metrics }: ServerBase): void {
  metrics.gauge('dog_trainer_alarms', 0);
  alarms.onEvent(({ kind, alarm: { id, since, text } }) => {
    metrics.gauge('dog_trainer_alarms', alarms.size);
    if (kind === 'set') log.warn({ alarm: id }, `alarm: ${text}`);
    else log.info({ alarm: id, since }, `alarm is over: ${text}`);
    if (!config.alarm_alert_enabled) return;
    // Before the mailer runs, and on a server that stands by, the log and /readyz have it.
    cast(system, MAILER, {
      tag: 'alert',
      alert: {
        kind: kind === 'set' ? 'alarm_set' : 'alarm_cleared',
        host: {},
        group: undefined,
        ipsetHash: undefined,
        differing: [],
        detail: text,
        alarm: id,
      },
    });
  });
}
