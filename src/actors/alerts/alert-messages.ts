import type { Alert } from '../../alerts/alert.js';
import { serverName } from '../../otp/index.js';

/** People are to be told of something; whether they want to be was decided before. */
export interface AlertsCast {
  readonly tag: 'alert';
  readonly alert: Alert;
}
export const MAILER = serverName<never, never, AlertsCast>('mailer');
