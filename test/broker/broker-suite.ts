import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type {
  Broker,
  BrokerConnection,
  Delivery,
  ExchangeDeclaration,
  Publication,
  QueueDeclaration,
} from '../../src/broker/broker.js';
import { BrokerError } from '../../src/broker/broker.js';

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
function text(delivery: Delivery): string {
  return new TextDecoder().decode(delivery.body);
}
function unique(stem: string): string {
  return `${stem}-${randomUUID().slice(0, 8)}`;
}

/** A handler that keeps what it gets, and lets a test wait for the n-th. */
export function collector(onDelivery: (delivery: Delivery) => void = () => undefined): {
  readonly got: Delivery[];
  readonly handler: (delivery: Delivery) => void;
  readonly atLeast: (count: number) => Promise<Delivery[]>;
} {
  const got: Delivery[] = [];
  const waiters: { count: number; resolve: (got: Delivery[]) => void }[] = [];
  const wake = (): void => {
    for (const waiter of waiters) if (got.length >= waiter.count) waiter.resolve(got);
  };
  return {
    got,
    handler: (delivery) => {
      got.push(delivery);
      onDelivery(delivery);
      wake();
    },
    atLeast: (count) =>
      new Promise((resolve) => {
        waiters.push({ count, resolve });
        wake();
      }),
  };
}

/** What every broker must do, run on the in-process one and on a real RabbitMQ. */
export function brokerSuite(name: string, broker: () => Broker): void {
  const open: BrokerConnection[] = [];
  const connect = async (): Promise<BrokerConnection> => {
    const connection = await broker().connect();
    open.push(connection);
    return connection;
  };
  const queueOf = (over: Partial<QueueDeclaration> = {}): QueueDeclaration => ({
    name: unique('q'),
    durable: false,
    autoDelete: false,
    exclusive: true,
    ...over,
  });
  const messageTo = (
    exchange: string,
    routingKey: string,
    body = 'x',
    over: Partial<Publication> = {},
  ): Publication => ({
    exchange,
    routingKey,
    body: utf8(body),
    contentType: 'text/json',
    persistent: true,
    ...over,
  });
  const exchangeOf = async (
    connection: BrokerConnection,
    type: ExchangeDeclaration['type'],
    durable = false,
  ): Promise<string> => {
    const declaration = { name: unique(type), type, durable };
    await connection.declareExchange(declaration);
    return declaration.name;
  };
  /** Everything that was published before this is in its queue, or nowhere. */
  const settled = async (connection: BrokerConnection, queue: string, count: number): Promise<void> => {
    await expect.poll(async () => (await connection.inspectQueue(queue))?.messageCount, { timeout: 5_000 }).toBe(count);
  };

  describe(`${name}: the broker port`, () => {
    afterEach(async () => {
      await Promise.all(open.splice(0).map((connection) => connection.close()));
    });

    describe('routing', () => {
      it.each([
        { type: 'direct', binding: 'a.b', hits: ['a.b'], misses: ['a', 'a.b.c', 'a.*', '#'] },
        { type: 'fanout', binding: 'ignored', hits: ['', 'anything', 'a.b'], misses: [] },
        { type: 'topic', binding: '#', hits: ['', 'ips', 'a.b.c'], misses: [] },
        { type: 'topic', binding: 'a.*', hits: ['a.b', 'a.*', 'a.'], misses: ['a', 'a.b.c', 'b.a'] },
        { type: 'topic', binding: 'a.#.z', hits: ['a.z', 'a.b.z', 'a.b.c.z', 'a.z.z'], misses: ['a', 'z', 'a.z.b'] },
        { type: 'topic', binding: '#.#.b', hits: ['b', 'a.b', 'a.a.b'], misses: ['', 'b.a'] },
        { type: 'topic', binding: '*', hits: ['a', '*', '#'], misses: ['', 'a.b'] },
        // As agents bind and the server publishes (docs/protocol.md#keys-with-literal-asterisks).
        { type: 'topic', binding: '*.*.web.*', hits: ['*.*.web.*', 'qa.x.web.h'], misses: ['*.*.db.*', '*.*.*.web'] },
        { type: 'topic', binding: '*.*.*.h1', hits: ['*.*.*.h1', '*.*.web.h1'], misses: ['*.*.web.*', '*.*.*.h2'] },
        { type: 'topic', binding: 'qa.*.web.*', hits: ['qa.*.web.*'], misses: ['*.*.web.*'] },
      ] as const)('$type exchange, binding "$binding"', async ({ type, binding, hits, misses }) => {
        const connection = await connect();
        const exchange = await exchangeOf(connection, type);
        const { name: queue } = await connection.declareQueue(queueOf());
        await connection.bindQueue(queue, exchange, binding);
        const { got, handler, atLeast } = collector((delivery) => delivery.ack());
        await connection.consume(queue, { prefetch: 0 }, handler);
        await Promise.all([...misses, ...hits].map((key) => connection.publish(messageTo(exchange, key, key))));
        await atLeast(hits.length);
        expect(got.map(text)).toEqual(hits);
        expect(got.map((delivery) => [delivery.exchange, delivery.routingKey])).toEqual(
          hits.map((key) => [exchange, key]),
        );
      });

      it('delivers once to a queue that matches by two bindings, and to each queue that matches', async () => {
        const connection = await connect();
        const exchange = await exchangeOf(connection, 'topic');
        const [one, two] = [await connection.declareQueue(queueOf()), await connection.declareQueue(queueOf())];
        await connection.bindQueue(one.name, exchange, 'a.*');
        await connection.bindQueue(one.name, exchange, '#');
        await connection.bindQueue(one.name, exchange, '#');
        await connection.bindQueue(two.name, exchange, 'a.b');
        await connection.publish(messageTo(exchange, 'a.b'));
        await settled(connection, one.name, 1);
        await settled(connection, two.name, 1);
        await connection.unbindQueue(two.name, exchange, 'a.b');
        await connection.unbindQueue(one.name, exchange, '#');
        await connection.publish(messageTo(exchange, 'a.b'));
        await connection.publish(messageTo(exchange, 'c'));
        await settled(connection, one.name, 2);
        await settled(connection, two.name, 1);
      });

      it('routes the default exchange by queue name, and says no to bindings on it', async () => {
        const connection = await connect();
        const { name: queue } = await connection.declareQueue(queueOf());
        await connection.publish(messageTo('', queue));
        await settled(connection, queue, 1);
        await expect(connection.bindQueue(queue, '', 'x')).rejects.toMatchObject({ scope: 'channel', code: 'access' });
      });
    });

    describe('messages', () => {
      it('keeps body, content type, reply_to, correlation_id and order', async () => {
        const connection = await connect();
        const { name: queue } = await connection.declareQueue(queueOf());
        const bodies = ['', 'a', 'ä'.repeat(100_000), 'b'.repeat(2048)];
        const { got, handler, atLeast } = collector((delivery) => delivery.ack());
        await connection.consume(queue, { prefetch: 1 }, handler);
        await Promise.all(
          bodies.map((body) => connection.publish(messageTo('', queue, body, { replyTo: 'r', correlationId: 'c' }))),
        );
        await connection.publish({ ...messageTo('', queue, 'bare'), persistent: false, contentType: 'text/plain' });
        await atLeast(5);
        expect(got.map(text)).toEqual([...bodies, 'bare']);
        expect(got[0]).toMatchObject({
          redelivered: false,
          contentType: 'text/json',
          replyTo: 'r',
          correlationId: 'c',
        });
        expect(got[4]).toMatchObject({ contentType: 'text/plain' });
        expect(got[4]).not.toHaveProperty('replyTo');
      });

      it('confirms 2,000 publishes under way at once, in order', async () => {
        const connection = await connect();
        const { name: queue } = await connection.declareQueue(queueOf());
        const { got, handler, atLeast } = collector((delivery) => delivery.ack());
        await connection.consume(queue, { prefetch: 100 }, handler);
        await Promise.all(Array.from({ length: 2000 }, (_, i) => connection.publish(messageTo('', queue, String(i)))));
        await atLeast(2000);
        expect(got.map(text)).toEqual(Array.from({ length: 2000 }, (_, i) => String(i)));
      });

      it('says which mandatory messages nobody takes, and confirms the others', async () => {
        const connection = await connect();
        const exchange = await exchangeOf(connection, 'topic');
        const { name: queue } = await connection.declareQueue(queueOf());
        await connection.bindQueue(queue, exchange, 'in');
        const keys = ['in', 'out', 'in', 'out', 'in'];
        const results = await Promise.allSettled(
          keys.map((key, i) => connection.publish(messageTo(exchange, key, String(i), { mandatory: true }))),
        );
        expect(results.map((result) => result.status)).toEqual([
          'fulfilled',
          'rejected',
          'fulfilled',
          'rejected',
          'fulfilled',
        ]);
        expect((results[1] as PromiseRejectedResult).reason).toMatchObject({ scope: 'message', code: 'unroutable' });
        await connection.publish(messageTo(exchange, 'out'));
        await settled(connection, queue, 3);
      });

      it('refuses a routing key over 255 bytes, and nothing else suffers', async () => {
        const connection = await connect();
        const { name: queue } = await connection.declareQueue(queueOf());
        const long = connection.publish(messageTo('', 'ü'.repeat(128)));
        const fine = connection.publish(messageTo('', queue));
        await expect(long).rejects.toMatchObject({ scope: 'message', code: 'protocol' });
        await fine;
        await expect(connection.declareQueue(queueOf({ name: 'q'.repeat(256) }))).rejects.toBeInstanceOf(BrokerError);
        await settled(connection, queue, 1);
      });

      it('reports a missing exchange to its own publish, and publishes again afterwards', async () => {
        const connection = await connect();
        const { name: queue } = await connection.declareQueue(queueOf());
        const results = await Promise.allSettled([
          connection.publish(messageTo('', queue, 'before')),
          connection.publish(messageTo('no-such-exchange', 'k')),
          connection.publish(messageTo('', queue, 'after')),
        ]);
        expect((results[1] as PromiseRejectedResult).reason).toMatchObject({ scope: 'channel', code: 'not_found' });
        // What was under way on the same channel is confirmed, or told that the channel went: never left hanging.
        for (const result of [results[0], results[2]]) {
          if (result.status === 'rejected') expect(result.reason).toMatchObject({ scope: 'channel', code: 'closed' });
        }
        await connection.publish(messageTo('', queue, 'again'));
        const { handler, atLeast, got } = collector();
        await connection.consume(queue, { prefetch: 0 }, handler);
        await atLeast(results[2].status === 'fulfilled' ? 3 : 2);
        expect(text(got[0] as Delivery)).toBe('before');
      });
    });

    describe('declarations', () => {
      it('are idempotent, and refuse other properties without hurting the connection', async () => {
        const connection = await connect();
        const exchange = await exchangeOf(connection, 'topic', true);
        const queue = queueOf({ exclusive: false, autoDelete: true });
        await connection.declareQueue(queue);
        expect(await connection.declareQueue(queue)).toEqual({ name: queue.name, messageCount: 0, consumerCount: 0 });
        await connection.declareExchange({ name: exchange, type: 'topic', durable: true });
        const outcomes = await Promise.allSettled([
          connection.declareExchange({ name: exchange, type: 'fanout', durable: true }),
          connection.declareExchange({ name: exchange, type: 'topic', durable: false }),
          connection.declareQueue({ ...queue, durable: true }),
          connection.declareQueue({ ...queue, autoDelete: false }),
          connection.inspectQueue(queue.name),
        ]);
        for (const outcome of outcomes.slice(0, 4)) {
          expect((outcome as PromiseRejectedResult).reason).toMatchObject({ scope: 'channel', code: 'precondition' });
        }
        expect(outcomes[4]).toMatchObject({ status: 'fulfilled', value: { name: queue.name } });
        await connection.deleteQueue(queue.name);
        expect(await connection.inspectQueue(queue.name)).toBeUndefined();
        await connection.deleteQueue(queue.name);
      });

      it('names a queue when asked to', async () => {
        const connection = await connect();
        const [one, two] = [
          await connection.declareQueue(queueOf({ name: '' })),
          await connection.declareQueue(queueOf({ name: '' })),
        ];
        expect(one.name).toMatch(/^amq\.gen-/);
        expect(two.name).not.toBe(one.name);
        await connection.publish(messageTo('', one.name, 'x', { mandatory: true }));
      });

      it('reserves names that begin with amq.', async () => {
        const connection = await connect();
        const refusal = { scope: 'channel', code: 'access' };
        await expect(connection.declareQueue(queueOf({ name: 'amq.mine' }))).rejects.toMatchObject(refusal);
        await expect(
          connection.declareExchange({ name: 'amq.mine', type: 'topic', durable: true }),
        ).rejects.toMatchObject(refusal);
      });

      it('says not_found for a queue or exchange that is not there', async () => {
        const connection = await connect();
        const exchange = await exchangeOf(connection, 'direct');
        const { name: queue } = await connection.declareQueue(queueOf());
        const missing = { scope: 'channel', code: 'not_found' };
        await expect(connection.bindQueue('no-such-queue', exchange, 'k')).rejects.toMatchObject(missing);
        await expect(connection.bindQueue(queue, 'no-such-exchange', 'k')).rejects.toMatchObject(missing);
        await expect(connection.consume('no-such-queue', { prefetch: 1 }, () => undefined)).rejects.toMatchObject(
          missing,
        );
        expect(await connection.inspectQueue('no-such-queue')).toBeUndefined();
        await connection.unbindQueue(queue, exchange, 'never bound');
      });

      it('keeps an exclusive queue from other connections, and deletes it with its own', async () => {
        const [mine, theirs] = [await connect(), await connect()];
        const { name: queue } = await mine.declareQueue(queueOf());
        const locked = { scope: 'channel', code: 'access' };
        await expect(theirs.inspectQueue(queue)).rejects.toMatchObject(locked);
        await expect(theirs.consume(queue, { prefetch: 1 }, () => undefined)).rejects.toMatchObject(locked);
        await expect(theirs.deleteQueue(queue)).rejects.toMatchObject(locked);
        await theirs.publish(messageTo('', queue, 'anyone may send', { mandatory: true }));
        await settled(mine, queue, 1);
        await mine.close();
        await expect.poll(() => theirs.inspectQueue(queue)).toBeUndefined();
      });
    });

    describe('consumers', () => {
      it('get at most prefetch unanswered messages, and the next when one is answered', async () => {
        const connection = await connect();
        const { name: queue } = await connection.declareQueue(queueOf());
        const { got, handler, atLeast } = collector();
        for (const body of ['1', '2', '3', '4']) await connection.publish(messageTo('', queue, body));
        await connection.consume(queue, { prefetch: 2 }, handler);
        await atLeast(2);
        await settled(connection, queue, 2);
        expect(got).toHaveLength(2);
        got[0]?.ack();
        await atLeast(3);
        got[1]?.reject({ requeue: false });
        await atLeast(4);
        expect(got.map(text)).toEqual(['1', '2', '3', '4']);
      });

      it('get a rejected message again, marked as redelivered, in its place', async () => {
        const connection = await connect();
        const { name: queue } = await connection.declareQueue(queueOf());
        for (const body of ['1', '2']) await connection.publish(messageTo('', queue, body));
        const { got, handler, atLeast } = collector((delivery) => {
          if (delivery.redelivered || text(delivery) === '2') delivery.ack();
          else delivery.reject({ requeue: true });
        });
        await connection.consume(queue, { prefetch: 1 }, handler);
        await atLeast(3);
        expect(got.map((delivery) => [text(delivery), delivery.redelivered])).toEqual([
          ['1', false],
          ['1', true],
          ['2', false],
        ]);
      });

      it('share a queue in turn', async () => {
        const [one, two] = [await connect(), await connect()];
        const queue = queueOf({ exclusive: false, autoDelete: true });
        await one.declareQueue(queue);
        const [first, second] = [collector(), collector()];
        await one.consume(queue.name, { prefetch: 5 }, first.handler);
        await two.consume(queue.name, { prefetch: 5 }, second.handler);
        for (let i = 0; i < 10; i++) await one.publish(messageTo('', queue.name));
        await Promise.all([first.atLeast(5), second.atLeast(5)]);
        expect((await one.inspectQueue(queue.name))?.consumerCount).toBe(2);
      });

      it('give back what they did not answer when their connection ends', async () => {
        const [one, two] = [await connect(), await connect()];
        const queue = queueOf({ exclusive: false });
        await one.declareQueue(queue);
        for (const body of ['1', '2', '3']) await one.publish(messageTo('', queue.name, body));
        const first = collector();
        await one.consume(queue.name, { prefetch: 0 }, first.handler);
        await first.atLeast(3);
        first.got[1]?.ack();
        await one.close();
        const second = collector();
        await two.consume(queue.name, { prefetch: 0 }, second.handler);
        await second.atLeast(2);
        expect(second.got.map((delivery) => [text(delivery), delivery.redelivered])).toEqual([
          ['1', true],
          ['3', true],
        ]);
        first.got[0]?.ack();
        first.got[2]?.reject({ requeue: false });
        await two.deleteQueue(queue.name);
      });

      it('give back in the old order what several of them held', async () => {
        const [one, two] = [await connect(), await connect()];
        const queue = queueOf({ exclusive: false });
        await one.declareQueue(queue);
        const held = collector();
        for (let i = 0; i < 2; i++) await one.consume(queue.name, { prefetch: 2 }, held.handler);
        for (const body of ['1', '2', '3', '4', '5']) await one.publish(messageTo('', queue.name, body));
        await held.atLeast(4);
        await one.close();
        const again = collector();
        await two.consume(queue.name, { prefetch: 0 }, again.handler);
        await again.atLeast(5);
        expect(again.got.map(text)).toEqual(['1', '2', '3', '4', '5']);
        await two.deleteQueue(queue.name);
      });

      it('stop on cancel, with what they hold still theirs to answer', async () => {
        const connection = await connect();
        const { name: queue } = await connection.declareQueue(queueOf());
        const { got, handler, atLeast } = collector();
        const consumer = await connection.consume(queue, { prefetch: 1 }, handler);
        expect(consumer.tag).not.toBe('');
        await connection.publish(messageTo('', queue, 'held'));
        await connection.publish(messageTo('', queue, 'left'));
        await atLeast(1);
        await consumer.cancel();
        await consumer.cancel();
        expect(await consumer.ended).toBeUndefined();
        expect((await connection.inspectQueue(queue))?.consumerCount).toBe(0);
        got[0]?.ack();
        await settled(connection, queue, 1);
        expect(got).toHaveLength(1);
      });

      it('delete an auto-delete queue with the last of them, not before the first', async () => {
        const connection = await connect();
        const queue = queueOf({ exclusive: false, durable: true, autoDelete: true });
        await connection.declareQueue(queue);
        const [one, two] = [
          await connection.consume(queue.name, { prefetch: 1 }, () => undefined),
          await connection.consume(queue.name, { prefetch: 1 }, () => undefined),
        ];
        await one.cancel();
        expect(await connection.inspectQueue(queue.name)).toBeDefined();
        await two.cancel();
        await expect.poll(() => connection.inspectQueue(queue.name)).toBeUndefined();
      });

      it('hear of the end of their queue', async () => {
        const [one, two] = [await connect(), await connect()];
        const queue = queueOf({ exclusive: false });
        await one.declareQueue(queue);
        const consumer = await one.consume(queue.name, { prefetch: 1 }, () => undefined);
        await two.deleteQueue(queue.name);
        expect(await consumer.ended).toMatchObject({ scope: 'channel', code: 'not_found' });
        await consumer.cancel();
      });

      it('end when their handler throws; others go on and the message comes back', async () => {
        const connection = await connect();
        const [bad, good] = [await connection.declareQueue(queueOf()), await connection.declareQueue(queueOf())];
        const other = collector();
        await connection.consume(good.name, { prefetch: 1 }, other.handler);
        const consumer = await connection.consume(bad.name, { prefetch: 1 }, () => {
          throw new Error('a defect in the handler');
        });
        await connection.publish(messageTo('', bad.name));
        expect(await consumer.ended).toMatchObject({
          scope: 'channel',
          code: 'protocol',
          cause: { message: 'a defect in the handler' },
        });
        await settled(connection, bad.name, 1);
        await connection.publish(messageTo('', good.name));
        await other.atLeast(1);
      });

      it('must not answer twice', async () => {
        const connection = await connect();
        const { name: queue } = await connection.declareQueue(queueOf());
        const { got, handler, atLeast } = collector((delivery) => delivery.ack());
        await connection.consume(queue, { prefetch: 1 }, handler);
        await connection.publish(messageTo('', queue));
        await atLeast(1);
        expect(() => got[0]?.ack()).toThrow(/answered twice/);
        await connection.publish(messageTo('', queue));
        await atLeast(2);
      });
    });

    describe('connections', () => {
      it('end at once when they are abandoned, and send nothing more', async () => {
        const connection = await connect();
        const lost = connection.publish(messageTo('', 'nowhere'));
        connection.abandon();
        await expect(lost).rejects.toMatchObject({ scope: 'connection', code: 'abandoned' });
        await expect(connection.publish(messageTo('', 'nowhere'))).rejects.toMatchObject({ scope: 'connection' });
        expect((await connection.closed)?.code).toBe('abandoned');
        await connection.close();
      });

      it('confirm what is under way before they close, then refuse everything', async () => {
        const [connection, other] = [await connect(), await connect()];
        const queue = queueOf({ exclusive: false });
        await connection.declareQueue(queue);
        const consumer = await connection.consume(queue.name, { prefetch: 1 }, () => undefined);
        await consumer.cancel();
        const publishes = Array.from({ length: 100 }, () => connection.publish(messageTo('', queue.name)));
        const closing = connection.close();
        const late = connection.publish(messageTo('', queue.name));
        await expect(late).rejects.toMatchObject({ scope: 'connection', code: 'closed' });
        await Promise.all([...publishes, closing, connection.close()]);
        expect(await connection.closed).toBeUndefined();
        expect((await other.inspectQueue(queue.name))?.messageCount).toBe(100);
        const gone = { scope: 'connection', code: 'closed' };
        await expect(connection.publish(messageTo('', queue.name))).rejects.toMatchObject(gone);
        await expect(connection.inspectQueue(queue.name)).rejects.toMatchObject(gone);
        await expect(connection.consume(queue.name, { prefetch: 1 }, () => undefined)).rejects.toMatchObject(gone);
        await other.deleteQueue(queue.name);
      });

      it('end their consumers when they are closed, without an error', async () => {
        const connection = await connect();
        const { name: queue } = await connection.declareQueue(queueOf());
        const consumer = await connection.consume(queue, { prefetch: 1 }, () => undefined);
        await connection.close();
        expect(await consumer.ended).toBeUndefined();
      });

      it('are not made when the signal says stop', async () => {
        await expect(broker().connect(AbortSignal.abort())).rejects.toMatchObject({
          scope: 'connection',
          code: 'closed',
        });
      });
    });
  });
}
