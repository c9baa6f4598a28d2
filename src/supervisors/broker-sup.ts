import { supervisorSpec, workerSpec, type ChildSpec } from '../otp/index.js';
import type { Make } from './make.js';

export interface BrokerMakers {
  readonly outbox: Make;
  readonly brokerConnection: Make;
  readonly reportConnection: Make;
  /** Longest time for the last words of the connection, which waits until the outbox is drained; milliseconds. */
  readonly drainMs: number;
}

/**
 * The outbox first, then the connection that empties it, then the one that reports come in over.
 * An absent broker is a state of the connection and no crash; ten crashes in a minute are more than bad luck.
 */
export function brokerSup(make: BrokerMakers): ChildSpec {
  return supervisorSpec('broker_sup', { strategy: 'rest_for_one', intensity: 10, periodS: 60 }, () => [
    workerSpec('outbox', make.outbox),
    workerSpec('broker_connection', make.brokerConnection, { shutdown: make.drainMs }),
    workerSpec('report_connection', make.reportConnection),
  ]);
}
