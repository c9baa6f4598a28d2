import { BrokerConnectionActor } from '../../actors/broker/broker-connection.js';
import { JournalActor } from '../../actors/broker/journal-actor.js';
import { OutboxActor } from '../../actors/broker/outbox-actor.js';
import type { BrokerMakers } from '../../supervisors/broker-sup.js';
import type { ServerState } from '../state/server-state.js';

/** Left of the stop's time for closing the connection and the journal after the outbox is drained, milliseconds. */
const CLOSE_MS = 1500;

export function brokerActors({ base, delivery }: ServerState): BrokerMakers {
  const { system, config, log, metrics } = base;
  const { broker, link, reportsLink, outbox, journal } = delivery;
  const stopMs = config.shutdown_seconds * 1000;
  const reconnect = { baseMs: config.broker.reconnect_min_ms, maxMs: config.broker.reconnect_max_ms };
  const needs = { broker, clock: system.clock, reconnect, log, metrics };
  return {
    journal: journal === undefined ? undefined : () => new JournalActor({ journal, log }),
    brokerConnection: () => new BrokerConnectionActor({ ...needs, link }, 'publish'),
    outbox: () => new OutboxActor({ outbox, link, drainMs: Math.max(0, stopMs - CLOSE_MS), log }),
    reportConnection: () => new BrokerConnectionActor({ ...needs, link: reportsLink }, 'reports'),
    drainMs: stopMs,
    closeMs: CLOSE_MS,
  };
}
