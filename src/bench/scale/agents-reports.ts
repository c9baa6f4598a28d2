import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerConnection } from '../../broker/broker.js';
import { configOf } from '../../sim/agent-identity.js';
import { reportFields } from '../../sim/agent-report.js';
import { declareReports } from '../../sim/agent-topology.js';
import { fleetHost } from '../../sim/fleet-hosts.js';
import { stampAt } from '../../wire/messages/envelope.js';
import { NOTHING_LOADED } from '../fleet/nothing-loaded.js';
import { encodeReport, type UpdateType } from '../../wire/messages/report.js';

/** Unconfirmed reports at a time. */
const WINDOW = 500;

/** The reports of many agents, without the agents: the bytes are those that simulated ones send. */
export interface AgentsReports {
  /** One report of each host from `from` up to and without `to`; resolves when RabbitMQ has all. */
  send(type: UpdateType, from: number, to: number): Promise<void>;
  /** Reports waiting in queue `ips`. */
  waiting(): Promise<number>;
  /** Resolves when none waits. */
  taken(): Promise<void>;
}

/** @param groupOf - the group of host number `index` */
export async function agentsReports(
  connection: BrokerConnection,
  groupOf: (index: number) => string,
): Promise<AgentsReports> {
  await declareReports(connection);
  const bodyOf = (type: UpdateType, index: number) => {
    const identity = fleetHost(index, groupOf(index));
    return encodeReport(type, reportFields(identity, configOf(identity), NOTHING_LOADED, false), stampAt(new Date()));
  };
  const reports: AgentsReports = {
    async send(type, from, to) {
      for (let at = from; at < to; at += WINDOW)
        await Promise.all(
          Array.from({ length: Math.min(WINDOW, to - at) }, (_, i) =>
            connection.publish({
              exchange: 'ips',
              routingKey: 'ips',
              body: bodyOf(type, at + i),
              contentType: 'text/json',
              persistent: true,
            }),
          ),
        );
    },
    waiting: async () => (await connection.inspectQueue('ips'))?.messageCount ?? 0,
    async taken() {
      while ((await reports.waiting()) > 0) await sleep(20);
    },
  };
  return reports;
}
