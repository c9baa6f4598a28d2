import type { ServerContext } from '../actors/context.js';
import { MailerActor } from '../actors/alerts/mailer-actor.js';
import { supervisorSpec } from '../otp/index.js';
import { workerSpec } from '../otp/index.js';

/** Alerts are told by casts alone, into a bounded mailbox: whatever becomes of mail, reports go on. */
export function alertsSup(context: ServerContext) {
  return supervisorSpec('alerts_sup', { strategy: 'one_for_one', intensity: 5, periodS: 60 }, () => [
    workerSpec('mailer', () => new MailerActor(context), { maxQueue: context.config.alerts.queue_max }),
  ]);
}
