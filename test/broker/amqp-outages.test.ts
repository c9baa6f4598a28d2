import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import type { AmqpBrokerOptions } from '../../src/broker/amqp/options.js';
import { BrokerError, type BrokerConnection, type Publication } from '../../src/broker/broker.js';
import { Survivors } from '../support/collect-garbage.js';
import { freePorts } from '../../src/bench/peers/free-ports.js';
import { openSockets, openSocketsAtRest } from '../support/open-sockets.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import type { TcpProxy } from '../support/tcp-proxy.js';
import { collector } from './broker-suite.js';

const rabbit = await startRabbit();
function message(over: Partial<Publication> = {}): Publication {
  return {
    exchange: '',
    routingKey: 'q',
    body: new Uint8Array(100),
    contentType: 'text/json',
    persistent: true,
    ...over,
  };
}
const durable = { name: 'q', durable: true, autoDelete: false, exclusive: false };
/** A promise's error, without waiting for it in a try block. */
async function failure(promise: Promise<unknown>): Promise<BrokerError> {
  try {
    await promise;
  } catch (error) {
    return error as BrokerError;
  }
  throw new Error('it should have failed');
}

if ('unavailable' in rabbit) {
  it.skip(`RabbitMQ's outages (${rabbit.unavailable})`, () => undefined);
} else {
  const proxies: TcpProxy[] = [];
  const open: BrokerConnection[] = [];
  const proxied = async (over: Partial<AmqpBrokerOptions> = {}) => {
    const proxy = await startTcpProxy({ host: rabbit.host, port: rabbit.port });
    proxies.push(proxy);
    const { username, password, vhost } = rabbit;
    const broker = createAmqpBroker({ urls: [`amqp://127.0.0.1:${proxy.port}`], username, password, vhost, ...over });
    const connect = async (): Promise<BrokerConnection> => {
      const connection = await broker.connect();
      open.push(connection);
      return connection;
    };
    return { proxy, broker, connect };
  };

  afterEach(async () => {
    for (const proxy of proxies.splice(0)) await proxy.close();
    await Promise.all(open.splice(0).map((connection) => connection.close()));
  });
  afterAll(() => rabbit.close());

  describe('connecting to RabbitMQ', () => {
    it('says what is wrong with the way there, without the password', async () => {
      const [port] = await freePorts(1);
      const url = (over: string): string => over.replace('PORT', String(rabbit.port));
      const nowhere = createAmqpBroker({ urls: [`amqp://dog:hunter2@127.0.0.1:${port}/dog`] });
      const wrongPassword = createAmqpBroker({ urls: [url('amqp://dog:hunter2@127.0.0.1:PORT/dog')] });
      const wrongVhost = createAmqpBroker({ urls: [rabbit.url.replace(/dog$/, 'cat')] });
      const noSuchHost = createAmqpBroker({ urls: ['amqp://dog:hunter2@no-such-host.invalid/dog'] });
      const notAmqp = createAmqpBroker({ urls: [`amqps://dog:hunter2@127.0.0.1:${rabbit.port}/dog`] });
      const errors = await Promise.all(
        [nowhere, wrongPassword, wrongVhost, noSuchHost, notAmqp].map((broker) => failure(broker.connect())),
      );
      expect(errors.map(({ scope, code }) => [scope, code])).toEqual([
        ['connection', 'refused'],
        ['connection', 'access'],
        ['connection', 'access'],
        ['connection', 'refused'],
        ['connection', 'access'],
      ]);
      expect(errors[0]?.message).toContain(`127.0.0.1:${port}/dog`);
      expect(errors[2]?.message).toContain('cat');
      expect(JSON.stringify(errors) + errors.map((error) => error.stack).join()).not.toContain('hunter2');
      expect(nowhere.describe).toBe(`127.0.0.1:${port}/dog`);
    });

    it('refuses a malformed URL at once, without showing it', () => {
      expect(() => createAmqpBroker({ urls: [rabbit.url, 'http://u:hunter2@h'] })).toThrow(
        'broker: URL number 2 is not of the form amqp://host:port/vhost or amqps://…',
      );
      expect(() => createAmqpBroker({ urls: [] })).toThrow(/at least one URL/);
    });

    it('tries every host, in an order that chance decides', async () => {
      const [dead = 0] = await freePorts(1);
      const { proxy } = await proxied();
      const urls = [`amqp://127.0.0.1:${dead}`, `amqp://127.0.0.1:${proxy.port}`, rabbit.url];
      const { username, password } = rabbit;
      for (const random of [() => 0, () => 0.4, () => 0.999]) {
        const connection = await createAmqpBroker({ urls, username, password, random }).connect();
        await connection.close();
      }
      // Which of the two live ones came first depends on the chance given.
      expect(proxy.totalConnections).toBeGreaterThan(0);
      expect(proxy.totalConnections).toBeLessThan(3);
      const all = failure(createAmqpBroker({ urls: [urls[0] ?? '', `amqp://127.0.0.1:${dead}/other`] }).connect());
      const { code, message: why } = await all;
      expect(code).toBe('refused');
      expect(why).toContain(`127.0.0.1:${dead}//`);
      expect(why).toContain(`127.0.0.1:${dead}/other`);
    });

    it('gives up on a host that accepts and says nothing, and when told to', async () => {
      const { proxy, broker } = await proxied({ connectTimeoutMs: 300 });
      proxy.set({ kind: 'swallow' });
      expect(await failure(broker.connect())).toMatchObject({ scope: 'connection', code: 'timeout' });
      const patient = await proxied({ connectTimeoutMs: 60_000 });
      patient.proxy.set({ kind: 'swallow' });
      const controller = new AbortController();
      const connecting = patient.broker.connect(controller.signal);
      await expect.poll(() => patient.proxy.bytesSwallowed).toBeGreaterThan(0);
      controller.abort();
      expect(await failure(connecting)).toMatchObject({ scope: 'connection', code: 'closed' });
    });

    it('does not let a signal end a connection that was made', async () => {
      const controller = new AbortController();
      const { broker } = await proxied();
      const connection = await broker.connect(controller.signal);
      open.push(connection);
      controller.abort();
      expect(await connection.declareQueue({ ...durable, name: '', exclusive: true })).toMatchObject({
        messageCount: 0,
      });
    });
  });

  describe('losing RabbitMQ', () => {
    it('notices a black hole within two heartbeats, rejects what was under way, and leaves no socket', async () => {
      const heartbeatSeconds = 1;
      const { proxy, connect } = await proxied({ heartbeatSeconds });
      const connection = await connect();
      await connection.declareQueue(durable);
      const consumer = await connection.consume('q', { prefetch: 1 }, (delivery) => delivery.ack());
      await connection.publish(message());
      proxy.set({ kind: 'swallow' });
      const from = performance.now();
      const lost = { scope: 'connection', code: 'heartbeat' };
      const pending = [connection.publish(message()), connection.inspectQueue('q')].map(failure);
      expect(await connection.closed).toMatchObject(lost);
      process.stdout.write(
        `a black hole: noticed after ${(performance.now() - from).toFixed(0)} ms, heartbeat ${heartbeatSeconds} s\n`,
      );
      for (const error of await Promise.all(pending)) expect(error).toMatchObject(lost);
      expect(await consumer.ended).toMatchObject(lost);
      await expect.poll(() => proxy.openConnections).toBe(0);
    });

    it('gives up a broker that lives but confirms nothing, not one that is slow', async () => {
      const { proxy, connect } = await proxied({ heartbeatSeconds: 10, confirmTimeoutMs: 1_500 });
      const connection = await connect();
      await connection.declareQueue(durable);
      await connection.publish(message());
      // A confirm comes after two of these delays.
      proxy.set({ kind: 'delay', ms: 200 });
      await connection.publish(message());
      proxy.set({ kind: 'delay', ms: 3_000 });
      const stuck = { scope: 'connection', code: 'timeout' };
      expect(await failure(connection.publish(message()))).toMatchObject(stuck);
      expect(await connection.closed).toMatchObject(stuck);
    });

    it('keeps an idle connection through many heartbeats', async () => {
      const { connect } = await proxied({ heartbeatSeconds: 1 });
      const connection = await connect();
      let ended = false;
      void connection.closed.then(() => (ended = true));
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      expect(ended).toBe(false);
    });

    it('rejects everything under way when the connection is cut', async () => {
      const { proxy, connect } = await proxied();
      const connection = await connect();
      await connection.declareQueue(durable);
      proxy.set({ kind: 'delay', ms: 200 });
      const pending = [
        ...Array.from({ length: 1000 }, () => connection.publish(message())),
        connection.inspectQueue('q'),
        connection.consume('q', { prefetch: 1 }, () => undefined),
      ].map(failure);
      proxy.cut();
      for (const error of await Promise.all(pending))
        expect(error).toMatchObject({ scope: 'connection', code: 'closed' });
      expect(await connection.closed).toMatchObject({ scope: 'connection', code: 'closed' });
      await connection.close();
      expect(await failure(connection.publish(message()))).toMatchObject({ scope: 'connection' });
    });

    it('hears of a broker that is stopped in good order, and connects when it is back', async () => {
      const { broker, connect } = await proxied();
      const first = await connect();
      await rabbit.stop();
      expect(await first.closed).toMatchObject({ scope: 'connection', code: 'closed' });
      expect(await failure(broker.connect())).toMatchObject({ scope: 'connection', code: 'refused' });
      await rabbit.start();
      const second = await connect();
      expect(await second.inspectQueue('q')).toBeDefined();
    }, 90_000);

    it('leaves no socket and nothing in memory, however often it is lost', async () => {
      const before = await openSocketsAtRest();
      const survivors = new Survivors();
      const { proxy, broker } = await proxied();
      for (let i = 0; i < 10; i++) {
        const connection = survivors.watch(await broker.connect());
        await connection.declareQueue(durable);
        await connection.consume('q', { prefetch: 1 }, (delivery) => delivery.ack());
        await connection.publish(message());
        // The broker closes the connection: amqplib ends its socket, then says that the connection is gone.
        proxy.drop(3);
        await failure(connection.publish(message()));
        expect(await connection.closed).toMatchObject({ scope: 'connection' });
      }
      await expect.poll(openSockets).toBeLessThanOrEqual(before);
      // The last one may still be in a register.
      expect(await survivors.count()).toBeLessThanOrEqual(1);
    });

    it('survives a stream that lost bytes', async () => {
      const { proxy, connect } = await proxied({ heartbeatSeconds: 2 });
      const connection = await connect();
      await connection.declareQueue(durable);
      proxy.drop(3);
      const errors = await Promise.all([1, 2, 3].map(() => failure(connection.publish(message()))));
      for (const error of errors) expect(error.scope).toBe('connection');
      const again = await connect();
      await again.publish(message());
    });
  });

  describe('a memory alarm', () => {
    it('holds publishes back, says why, and lets them go when it is over', async () => {
      const { proxy, broker, connect } = await proxied();
      const [publishing, consuming] = [await connect(), await connect()];
      await publishing.declareQueue({ ...durable, name: 'alarmed' });
      const got = collector((delivery) => delivery.ack());
      const reasons: (string | undefined)[] = [];
      publishing.onBlocked((reason) => reasons.push(reason));
      await rabbit.memoryAlarm(true);
      let confirmed = 0;
      const publish = (body = new Uint8Array(1)): Promise<number> =>
        publishing.publish(message({ routingKey: 'alarmed', body })).then(() => ++confirmed);
      // The broker says so to those who publish, at their first message.
      const publishes = [publish()];
      await expect.poll(() => publishing.blocked, { timeout: 10_000 }).toContain('memory');
      const passed = proxy.bytesPassed;
      for (let i = 0; i < 20; i++) publishes.push(publish(new Uint8Array(10_000)));
      expect(confirmed).toBe(0);
      // A connection that only consumes goes on, which is why intake has its own.
      await consuming.consume('alarmed', { prefetch: 1 }, got.handler);
      expect(consuming.blocked).toBeUndefined();
      expect(await consuming.inspectQueue('alarmed')).toMatchObject({ consumerCount: 1 });
      expect(proxy.bytesPassed - passed).toBeLessThan(10_000);
      await rabbit.memoryAlarm(false);
      await Promise.all(publishes);
      await got.atLeast(21);
      expect(reasons).toEqual(['low on memory', undefined]);
      expect(broker.kind).toBe('amqp');
    }, 60_000);

    it('lets nothing go of what waited, once it is refused', async () => {
      const { broker, connect } = await proxied();
      const looking = await connect();
      await looking.declareQueue({ ...durable, name: 'refused' });
      const fence: { refusal?: BrokerError } = {};
      const publishing = await broker.connect(undefined, () => fence.refusal);
      await rabbit.memoryAlarm(true);
      const taken = publishing.publish(message({ routingKey: 'refused' }));
      await expect.poll(() => publishing.blocked, { timeout: 10_000 }).toBeDefined();
      const late = failure(publishing.publish(message({ routingKey: 'refused' })));
      fence.refusal = new BrokerError('connection', 'fenced', 'too late');
      await rabbit.memoryAlarm(false);
      await taken;
      expect(await late).toBe(fence.refusal);
      expect((await looking.inspectQueue('refused'))?.messageCount).toBe(1);
      await publishing.close();
    }, 60_000);

    it('does not keep close waiting', async () => {
      const { connect } = await proxied();
      const connection = await connect();
      await connection.declareQueue(durable);
      await rabbit.memoryAlarm(true);
      const publish = failure(connection.publish(message()));
      await expect.poll(() => connection.blocked, { timeout: 10_000 }).toBeDefined();
      await connection.close();
      expect(await publish).toMatchObject({ scope: 'connection', code: 'closed' });
      expect(await connection.closed).toBeUndefined();
      await rabbit.memoryAlarm(false);
    }, 60_000);
  });
}
