import type { ManagementApi } from './management-api.js';

/** The connections of agents at RabbitMQ, as its management API shows them. Calls reject with an Error without secrets. */
export interface AgentConnections {
  /** The name of the connection over which this host's agent takes rulesets; undefined: there is none. */
  of(hostkey: string): Promise<string | undefined>;
  /** Closes a connection; one that is gone already is closed. The agent makes another. */
  close(connection: string, reason: string): Promise<void>;
}

/** https://www.rabbitmq.com/docs/management#http-api; the user must be allowed to close connections of other users. */
export function agentConnections(api: ManagementApi, vhost: string): AgentConnections {
  return {
    async of(hostkey) {
      const queue = encodeURIComponent(`iptables.${hostkey}`);
      const answer = await api(`/queues/${encodeURIComponent(vhost)}/${queue}`, { absent: null });
      const [consumer] = listOf(recordOf(answer)['consumer_details']);
      const name = recordOf(recordOf(consumer)['channel_details'])['connection_name'];
      return typeof name === 'string' && name !== '' ? name : undefined;
    },
    async close(connection, reason) {
      await api(`/connections/${encodeURIComponent(connection)}`, {
        method: 'DELETE',
        headers: { 'x-reason': reason.replace(/[^ -~]/g, ' ').slice(0, 200) },
        absent: null,
      });
    },
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
