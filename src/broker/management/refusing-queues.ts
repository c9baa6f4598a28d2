import { topicMatches, topicWords } from '../memory/topic-match.js';
import type { ManagementApi } from './management-api.js';

/** A queue that may have refused what went to an exchange, and why that is thought. */
export interface RefusingQueue {
  readonly queue: string;
  /** Such as `full: x-max-length 10 of which 10 are taken, x-overflow reject-publish`. */
  readonly why: string;
  /** The keys that it is bound with. */
  readonly keys: readonly string[];
}

/** What was found out about an exchange. */
export interface ExchangeSurvey {
  readonly type: string;
  /** Those that are full first, then by name. */
  readonly queues: readonly RefusingQueue[];
  /** Exchanges bound to it; their queues were not looked at. */
  readonly exchanges: number;
}

const PAGE = 500;
/** 20,000 queues, by pages; of a broker with more, the first are looked at. */
const MOST_PAGES = 40;
/** The API's figures are some seconds old: a queue that had room for so much may have none. */
const ROOM = { messages: 1_000, bytes: 64 * 1024 * 1024 };
/** Suspects kept. */
const MOST = 1_000;

const QUEUE_COLUMNS = [
  'name',
  'arguments.x-overflow',
  'arguments.x-max-length',
  'arguments.x-max-length-bytes',
  'effective_policy_definition',
  'messages_ready',
  'message_bytes_ready',
].join(',');

interface Suspect {
  readonly why: string;
  readonly isFull: boolean;
}

/**
 * Asks the management API which queues bound to an exchange refuse messages: those that have a bound on their length and
 * `reject-publish`, by their arguments or by a policy. One that is known to have plenty of room is left out.
 * @throws Error when the API does not answer, or with something else
 */
export async function surveyExchange(
  api: ManagementApi,
  vhost: string,
  exchange: string,
  signal?: AbortSignal,
): Promise<ExchangeSurvey> {
  const at = `${encodeURIComponent(vhost)}/${encodeURIComponent(exchange)}`;
  const { type } = asRecord(await api(`/exchanges/${at}?columns=type`));
  const bindings = asList(
    await api(`/exchanges/${at}/bindings/source?columns=destination,destination_type,routing_key`),
  );
  const keys = new Map<string, string[]>();
  let exchanges = 0;
  for (const { destination, destination_type: kind, routing_key: key } of bindings.map(asRecord)) {
    if (typeof destination !== 'string' || typeof key !== 'string') continue;
    if (kind !== 'queue') exchanges += 1;
    else keys.set(destination, [...(keys.get(destination) ?? []), key]);
  }
  const found: (RefusingQueue & Suspect)[] = [];
  for (let page = 1, pages = 1; page <= Math.min(pages, MOST_PAGES) && keys.size > 0; page += 1) {
    signal?.throwIfAborted();
    const answer = asRecord(
      await api(
        `/queues/${encodeURIComponent(vhost)}?page=${page}&page_size=${PAGE}&sort=name&columns=${QUEUE_COLUMNS}`,
      ),
    );
    pages = typeof answer.page_count === 'number' ? answer.page_count : 1;
    for (const queue of asList(answer.items).map(asRecord)) {
      const suspect = typeof queue.name === 'string' && keys.has(queue.name) ? suspicion(queue) : undefined;
      if (suspect === undefined || found.length >= MOST) continue;
      const name = queue.name as string;
      found.push({ ...suspect, queue: name, keys: keys.get(name) ?? [] });
    }
  }
  const queues = found
    .sort((a, b) => Number(b.isFull) - Number(a.isFull))
    .map(({ queue, why, keys: bound }) => ({ queue, why, keys: bound }));
  return { type: typeof type === 'string' ? type : 'fanout', queues, exchanges };
}

/** Those of a survey that a message with this key goes to. */
export function queuesFor({ type, queues }: ExchangeSurvey, routingKey: string): readonly RefusingQueue[] {
  if (type === 'fanout') return queues;
  if (type !== 'topic') return queues.filter(({ keys }) => keys.includes(routingKey));
  const words = topicWords(routingKey);
  return queues.filter(({ keys }) => keys.some((key) => topicMatches(topicWords(key), words)));
}

/** Whether a queue refuses what it has no room for, and is not known to have plenty. */
function suspicion(queue: Record<string, unknown>): Suspect | undefined {
  const own = asRecord(queue.arguments ?? {});
  const policy = asRecord(queue.effective_policy_definition ?? {});
  // A queue's own word counts before a policy's.
  const overflow = own['x-overflow'] ?? policy.overflow;
  if (typeof overflow !== 'string' || !overflow.startsWith('reject-publish')) return undefined;
  const said: string[] = [];
  let isFull = false;
  let mayBeFull = false;
  for (const { name, count, room } of [
    { name: 'max-length', count: queue.messages_ready, room: ROOM.messages },
    { name: 'max-length-bytes', count: queue.message_bytes_ready, room: ROOM.bytes },
  ]) {
    for (const { bound, key } of [
      { bound: own[`x-${name}`], key: `x-${name}` },
      { bound: policy[name], key: `${name} by a policy` },
    ]) {
      if (typeof bound !== 'number') continue;
      const known = typeof count === 'number' ? count : undefined;
      said.push(`${key} ${bound}${known === undefined ? '' : ` of which ${known} are taken`}`);
      isFull ||= bound === 0 || (known ?? 0) >= bound;
      mayBeFull ||= known === undefined || bound - known <= room;
    }
  }
  if (!isFull && !mayBeFull) return undefined;
  said.push(own['x-overflow'] === undefined ? `overflow by a policy ${overflow}` : `x-overflow ${overflow}`);
  return { why: `${isFull ? 'full: ' : ''}${said.join(', ')}`, isFull };
}

function asRecord(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error(`the management API answers with no object`);
  return value as Record<string, unknown>;
}

/** What is empty RabbitMQ may write as an empty list or an empty object. */
function asList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`the management API answers with no list`);
  return value as readonly unknown[];
}
