import { BrokerConnectionActor, type BrokerConnectionNeeds } from '../actors/broker/broker-connection.js';
import { JournalActor } from '../actors/broker/journal-actor.js';
import { OutboxActor } from '../actors/broker/outbox-actor.js';
import type { ServerContext } from '../actors/context.js';
import { supervisorSpec } from '../otp/index.js';
import { workerSpec } from '../otp/index.js';

/** Left of the stop's time for closing the connection and the journal after the outbox is drained. */
const CLOSE_MS = 1500;

/**
 * The outbox rests on the journal, which must have what it sends, and on the connection: stopped from right to left, it is
 * drained while the connection is there, and what it still says is written before the journal closes.
 * An absent broker is a state of the connection and no crash; ten crashes in a minute are more than bad luck.
 */
export function brokerSup({ system, config, broker, log, metrics, journal, ...rest }: ServerContext) {
  const { outbox, link, reportsLink } = rest;
  const { reconnect_min_ms: baseMs, reconnect_max_ms: maxMs } = config.broker;
  const stopMs = config.shutdown_seconds * 1000;
  const needs = { broker, clock: system.clock, reconnect: { baseMs, maxMs }, log, metrics };
  const connection = (over: Pick<BrokerConnectionNeeds, 'link'>): BrokerConnectionNeeds => ({ ...needs, ...over });
  return supervisorSpec('broker_sup', { strategy: 'rest_for_one', intensity: 10, periodS: 60 }, () => [
    ...(journal === undefined ? [] : [workerSpec('journal', () => new JournalActor({ journal, log }))]),
    workerSpec('broker_connection', () => new BrokerConnectionActor(connection({ link }), 'publish'), {
      shutdown: stopMs,
    }),
    // Its last words wait until the broker has confirmed what is on its way.
    workerSpec('outbox', () => new OutboxActor({ outbox, link, drainMs: Math.max(0, stopMs - CLOSE_MS), log }), {
      shutdown: stopMs,
    }),
    workerSpec('report_connection', () => new BrokerConnectionActor(connection({ link: reportsLink }), 'reports')),
  ]);
}
