import { supervisorSpec, workerSpec, type ChildSpec } from '../otp/index.js';
import type { Make } from './make.js';

export interface BrokerMakers {
  /** Undefined: there is no journal, and what waits for the broker is in memory only. */
  readonly journal: Make | undefined;
  readonly brokerConnection: Make;
  readonly outbox: Make;
  readonly reportConnection: Make;
  /** Longest time for the outbox's `terminate`, which waits until it is drained; milliseconds. */
  readonly drainMs: number;
  /** Longest time for closing the connection after that; milliseconds. */
  readonly closeMs: number;
}

/**
 * The outbox rests on the journal, which has what it sends before it is sent, and on the connection. So they stop in this
 * order: the outbox, drained while there is a connection; the connection; the journal, when nothing more is confirmed.
 * An absent broker is a state of the connection and no crash; ten crashes in a minute are more than bad luck.
 */
export function brokerSup(make: BrokerMakers): ChildSpec {
  return supervisorSpec('broker_sup', { strategy: 'rest_for_one', intensity: 10, periodS: 60 }, () => [
    ...(make.journal === undefined ? [] : [workerSpec('journal', make.journal)]),
    workerSpec('broker_connection', make.brokerConnection, { shutdown: make.closeMs }),
    workerSpec('outbox', make.outbox, { shutdown: make.drainMs }),
    workerSpec('report_connection', make.reportConnection),
  ]);
}
