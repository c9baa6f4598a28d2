import { describe, expect, it } from 'vitest';
import type { Delivery, Publication } from '../../src/broker/broker.js';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';

function message(over: Partial<Publication> = {}): Publication {
  return {
    exchange: '',
    routingKey: 'q',
    body: new Uint8Array([1]),
    contentType: 'text/json',
    persistent: true,
    ...over,
  };
}
const durable = { name: 'q', durable: true, autoDelete: false, exclusive: false };

describe('the in-process broker misbehaving to order', () => {
  it('drops every connection on fail, refuses new ones, and keeps only what is durable', async () => {
    const broker = createMemoryBroker();
    const connection = await broker.connect();
    await connection.declareQueue(durable);
    await connection.declareQueue({ ...durable, name: 'transient', durable: false });
    await connection.publish(message());
    await connection.publish(message({ persistent: false }));
    const late = connection.publish(message());
    broker.fail('killed by the test');
    await expect(late).rejects.toMatchObject({ scope: 'connection', message: 'killed by the test' });
    expect((await connection.closed)?.message).toBe('killed by the test');
    await expect(broker.connect()).rejects.toMatchObject({ code: 'refused' });
    broker.recover();
    const again = await broker.connect();
    expect((await again.inspectQueue('q'))?.messageCount).toBe(1);
    expect(await again.inspectQueue('transient')).toBeUndefined();
    expect(broker.connectionCount).toBe(1);
  });

  it('makes publishes wait while blocked, on connections made during the alarm too', async () => {
    const broker = createMemoryBroker();
    const before = await broker.connect();
    await before.declareQueue(durable);
    const seen: (string | undefined)[] = [];
    before.onBlocked((reason) => seen.push(reason));
    broker.block('low on memory');
    const during = await broker.connect();
    expect(during.blocked).toBe('low on memory');
    let confirmed = 0;
    const publishes = [before, during].map((connection) => connection.publish(message()).then(() => confirmed++));
    expect((await before.inspectQueue('q'))?.messageCount).toBe(0);
    expect(confirmed).toBe(0);
    broker.unblock();
    await Promise.all(publishes);
    expect((await before.inspectQueue('q'))?.messageCount).toBe(2);
    expect(seen).toEqual(['low on memory', undefined]);
  });

  it('nacks the next publishes only', async () => {
    const broker = createMemoryBroker();
    const connection = await broker.connect();
    await connection.declareQueue(durable);
    broker.nackNext(2);
    const results = await Promise.allSettled([1, 2, 3].map(() => connection.publish(message())));
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect((results[0] as PromiseRejectedResult).reason).toMatchObject({ scope: 'message', code: 'nacked' });
  });

  it('never calls a handler inside publish', async () => {
    const broker = createMemoryBroker();
    const connection = await broker.connect();
    await connection.declareQueue(durable);
    const got: Delivery[] = [];
    await connection.consume('q', { prefetch: 0 }, (delivery) => got.push(delivery));
    const publishing = connection.publish(message());
    expect(got).toHaveLength(0);
    await publishing;
    await new Promise((resolve) => setImmediate(resolve));
    expect(got).toHaveLength(1);
  });
});
