import type { BrokerConnection, Delivery, Publication } from '../../src/broker/broker.js';
import type { OutboxClass, OutboxPut } from '../../src/broker/outbox-contract.js';

/** A message of a burst, as it says itself in its body. */
export interface BurstMessage {
  readonly target: string;
  /** Its place in the burst, from 1. */
  readonly number: number;
  /** The number of the newest sets put before it, which a ruleset names. */
  readonly sets: number;
}

const TARGETS: readonly { readonly class: OutboxClass; readonly exchange: string; readonly count: number }[] = [
  { class: 'group', exchange: 'iptables', count: 40 },
  { class: 'host', exchange: 'iptables', count: 40 },
  { class: 'config', exchange: 'config', count: 10 },
];

/** The puts of a burst: one in ten is of the sets, the others of 90 targets in turn. `body` bytes each. */
export function burst(count: number, bodyBytes: number, queue?: string): (OutboxPut & { message: BurstMessage })[] {
  let sets = 0;
  return Array.from({ length: count }, (_, i) => {
    const number = i + 1;
    const [lane, index] = targetOf(i);
    const target = lane.class === 'sets' ? 'sets' : `${lane.class}/${index}`;
    const message: BurstMessage = { target, number, sets };
    if (target === 'sets') sets = number;
    const publication: Publication = {
      // A queue's name sends it there directly, past the exchanges.
      exchange: queue === undefined ? lane.exchange : '',
      routingKey: queue ?? (lane.class === 'sets' ? 'fanout' : `*.*.${index}.*`),
      body: Buffer.from(JSON.stringify(message).padEnd(bodyBytes)),
      contentType: 'text/json',
      persistent: true,
    };
    return { target, class: lane.class, publication, message };
  });
}

function targetOf(i: number): [{ readonly class: OutboxClass; readonly exchange: string }, number] {
  if (i % 10 === 0) return [{ class: 'sets', exchange: 'ipsets' }, 0];
  let index = i % 90;
  for (const lane of TARGETS) {
    if (index < lane.count) return [lane, index];
    index -= lane.count;
  }
  throw new Error('unreachable: 90 is the sum of the counts');
}

/** A durable queue that gets all that the server publishes, and keeps it through the broker's death. */
export async function declareRecorder(connection: BrokerConnection, queue: string): Promise<void> {
  await connection.declareQueue({ name: queue, durable: true, autoDelete: false, exclusive: false });
  await connection.bindQueue(queue, 'ipsets', '');
  await connection.bindQueue(queue, 'iptables', '#');
  for (let index = 0; index < 10; index++) await connection.bindQueue(queue, 'config', `*.*.${index}.*`);
}

/** Takes everything out of the recorder's queue, in order. */
export async function readRecorder(connection: BrokerConnection, queue: string): Promise<BurstMessage[]> {
  const got: BurstMessage[] = [];
  const count = (await connection.inspectQueue(queue))?.messageCount ?? 0;
  if (count === 0) return got;
  await new Promise<void>((resolve, reject) => {
    const onDelivery = (delivery: Delivery): void => {
      got.push(JSON.parse(new TextDecoder().decode(delivery.body)) as BurstMessage);
      delivery.ack();
      if (got.length === count) resolve();
    };
    connection.consume(queue, { prefetch: 500 }, onDelivery).catch(reject);
  });
  return got;
}

/** What must hold of what arrived, in order; each violation in words. */
export function violations(arrived: readonly BurstMessage[], sent: readonly BurstMessage[]): string[] {
  const found: string[] = [];
  const newest = new Map<string, number>();
  for (const { target, number, sets } of arrived) {
    const before = newest.get(target) ?? 0;
    if (number < before) found.push(`${target}: ${number} after ${before}`);
    if (target.startsWith('group') || target.startsWith('host')) {
      const had = newest.get('sets') ?? 0;
      if (had < sets) found.push(`${target}: ${number} names sets ${sets}, but only ${had} had arrived`);
    }
    newest.set(target, Math.max(before, number));
  }
  const wanted = new Map(sent.map(({ target, number }) => [target, number]));
  for (const [target, number] of wanted) {
    if (newest.get(target) !== number)
      found.push(`${target}: ${number} is missing, ${newest.get(target) ?? 'nothing'} arrived`);
  }
  return found;
}
