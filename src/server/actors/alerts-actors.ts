import { MailerActor } from '../../actors/alerts/mailer-actor.js';
import type { AlertsMakers } from '../../supervisors/alerts-sup.js';
import type { ServerState } from '../state/server-state.js';
import { wholeContext } from '../state/whole-context.js';

export function alertsActors(state: ServerState): AlertsMakers {
  const context = wholeContext(state);
  return { mailer: () => new MailerActor(context), maxQueue: state.base.config.alerts.queue_max };
}
