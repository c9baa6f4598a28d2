import { supervisorSpec, workerSpec, type ChildSpec } from '../otp/index.js';
import type { Make } from './make.js';

export interface AlertsMakers {
  readonly mailer: Make;
  /** Alerts that wait for it at most. */
  readonly maxQueue: number;
}

/**
 * Alerts are told by casts alone, into a bounded mailbox: whatever becomes of mail, reports go on. A relay that is away
 * is a state; five crashes in a minute are a bug that a sixth start does not mend.
 */
export function alertsSup(make: AlertsMakers): ChildSpec {
  return supervisorSpec('alerts_sup', { strategy: 'one_for_one', intensity: 5, periodS: 60 }, () => [
    workerSpec('mailer', make.mailer, { maxQueue: make.maxQueue }),
  ]);
}
