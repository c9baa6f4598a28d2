import type { ManagementApi } from './management-api.js';

/** One of the queues that a host's agent takes messages from. Null: not known, or there is no such queue. */
export interface AgentQueue {
  readonly name: string;
  /** Those that wait, and those that are not acknowledged yet. */
  readonly messages: number | null;
  readonly consumers: number | null;
}

/** Asks how the queues of a host's agent are. Rejects with an Error without secrets. */
export type AgentQueues = (hostkey: string) => Promise<readonly AgentQueue[]>;

/** What nobody has asked about. */
export function unknownQueues(hostkey: string): readonly AgentQueue[] {
  return ['config', 'iptables', 'file_transfer'].map((kind) => ({
    name: `${kind}.${hostkey}`,
    messages: null,
    consumers: null,
  }));
}

/** By RabbitMQ's management API, https://www.rabbitmq.com/docs/management#http-api; its figures are some seconds old. */
export function agentQueues(api: ManagementApi, vhost: string): AgentQueues {
  const one = async ({ name }: AgentQueue): Promise<AgentQueue> => {
    const path = `/queues/${encodeURIComponent(vhost)}/${encodeURIComponent(name)}?columns=messages,consumers`;
    const answer = await api(path, { absent: null });
    return { name, messages: countIn(answer, 'messages'), consumers: countIn(answer, 'consumers') };
  };
  return (hostkey) => Promise.all(unknownQueues(hostkey).map(one));
}

function countIn(answer: unknown, key: string): number | null {
  const value = typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>)[key] : undefined;
  return typeof value === 'number' ? value : null;
}
