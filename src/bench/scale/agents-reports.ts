import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerConnection } from '../../broker/broker.js';
import { configOf } from '../../sim/agent-identity.js';
import { reportFields } from '../../sim/agent-report.js';
import { declareReports } from '../../sim/agent-topology.js';
import { fleetHost } from '../../sim/fleet-hosts.js';
import { stampAt } from '../../wire/messages/envelope.js';
import { encodeReport, type ReportedHashes, type UpdateType } from '../../wire/messages/report.js';

/** Unconfirmed reports at a time. */
const WINDOW = 500;
const NOTHING_LOADED = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const HASHES: ReportedHashes = {
  hash4_ipsets: NOTHING_LOADED,
  hash6_ipsets: NOTHING_LOADED,
  hash4_iptables: NOTHING_LOADED,
  hash6_iptables: NOTHING_LOADED,
  ipset_hash: NOTHING_LOADED,
};

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
    return encodeReport(type, reportFields(identity, configOf(identity), HASHES, false), stampAt(new Date()));
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
