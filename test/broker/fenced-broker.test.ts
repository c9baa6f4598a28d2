import { describe, expect, it, onTestFinished } from 'vitest';
import type { Publication } from '../../src/broker/broker.js';
import { fencedBroker } from '../../src/broker/fenced-broker.js';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';

const message: Publication = {
  exchange: '',
  routingKey: 'q',
  body: Buffer.from('x'),
  contentType: 'text/plain',
  persistent: true,
};
const QUEUE = { name: 'q', durable: true, autoDelete: false, exclusive: false };

async function setup() {
  const memory = createMemoryBroker();
  const leads = { now: true };
  const broker = fencedBroker(memory, () => leads.now);
  const connection = await broker.connect();
  const look = await memory.connect();
  onTestFinished(() => look.close());
  await connection.declareQueue(QUEUE);
  return { memory, leads, broker, connection, waiting: async () => (await look.inspectQueue('q'))?.messageCount };
}

describe('the broker of one who leads', () => {
  it('publishes as long as that lasts, and from then on nothing, and makes no connection', async () => {
    const { leads, broker, connection, waiting } = await setup();
    await connection.publish(message);
    leads.now = false;
    await expect(connection.publish(message)).rejects.toMatchObject({ scope: 'connection', code: 'fenced' });
    await expect(broker.connect()).rejects.toMatchObject({ code: 'fenced' });
    expect(await waiting()).toBe(1);
  });

  it('abandons its connections at once, with what a blocked broker has not taken yet', async () => {
    const { memory, broker, connection, waiting } = await setup();
    memory.block('an alarm');
    const late = connection.publish(message);
    broker.abandon();
    await expect(late).rejects.toMatchObject({ code: 'abandoned' });
    expect((await connection.closed)?.code).toBe('abandoned');
    memory.unblock();
    await connection.close();
    expect(await waiting()).toBe(0);
    expect(memory.connectionCount).toBe(1);
  });

  it('refuses what waited for a blocked broker when that is over', async () => {
    const { memory, leads, connection, waiting } = await setup();
    memory.block('an alarm');
    const late = connection.publish(message);
    leads.now = false;
    memory.unblock();
    await expect(late).rejects.toMatchObject({ code: 'fenced' });
    expect(await waiting()).toBe(0);
  });

  it('keeps no connection that was being made when it ended', async () => {
    const { memory, leads, broker } = await setup();
    const before = memory.connectionCount;
    const late = broker.connect();
    leads.now = false;
    await expect(late).rejects.toMatchObject({ code: 'fenced' });
    expect(memory.connectionCount).toBe(before);
  });
});
