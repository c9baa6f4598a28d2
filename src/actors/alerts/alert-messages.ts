import type { Alert } from '../../alerts/alert.js';
import { serverName, type ServerName } from '../../otp/index.js';

/** People are to be told of something; whether they want to be was decided before. */
export interface AlertsCast {
  readonly tag: 'alert';
  readonly alert: Alert;
}

/** The actor of a channel, by its name in the table of channels. */
export function channelActor(name: string): ServerName<never, never, AlertsCast> {
  return serverName(name);
}
