import { describe, expect, it, onTestFinished } from 'vitest';
import {
  BrokerConnectionActor,
  type BrokerConnectionNeeds,
  type ConnectionPurpose,
} from '../../../src/actors/broker/broker-connection.js';
import { BrokerLink } from '../../../src/actors/broker/broker-link.js';
import { BrokerError, type BrokerConnection } from '../../../src/broker/broker.js';
import { createMemoryBroker } from '../../../src/broker/memory/memory-broker.js';
import { LEGACY_QUEUE, REPORT_QUEUE, serverTopology } from '../../../src/broker/topology.js';
import { createMetrics } from '../../../src/metrics/create-metrics.js';
import { crash, startGenServer, stopGenServer, type Pid } from '../../../src/otp/index.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';
import { started } from '../../support/supervision.js';
import { FakeConnection } from './fake-connection.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const RECONNECT = { baseMs: 500, maxMs: 30_000 };

/** The actor on turns that the test gives, with a real broker in process. */
async function scene(purpose: ConnectionPurpose) {
  const v = virtualSystem();
  const broker = createMemoryBroker();
  const link = new BrokerLink();
  const needs = { broker, link, clock: v.clock, reconnect: RECONNECT, log: quiet, metrics: createMetrics() };
  const start = async (): Promise<Pid> =>
    started(await v.run(startGenServer(v.system, new BrokerConnectionActor(needs, purpose), { label: 'connection' })));
  onTestFinished(() => broker.dropConnections('the test is over'));
  return { v, broker, link, start };
}

interface Outages {
  readonly gauges: string[];
  readonly lines: string[];
}

/** The actor alone: `connect` is its broker. */
async function alone(connect: () => Promise<BrokerConnection>, over: Partial<BrokerConnectionNeeds> = {}) {
  const v = virtualSystem();
  const link = new BrokerLink();
  const told: string[] = [];
  const seen: Outages = { gauges: [], lines: [] };
  const line =
    (level: string) =>
    (_fields: object, text: string): void =>
      void seen.lines.push(`${level}: ${text}`);
  const subscriber = {
    init: (self: Parameters<BrokerLink['subscribe']>[0]) => void link.subscribe(self),
    handleInfo: (_self: unknown, { tag }: { readonly tag: string }) => void told.push(tag),
  };
  started(await v.run(startGenServer(v.system, subscriber, { label: 'subscriber' })));
  const actor = new BrokerConnectionActor(
    {
      broker: { describe: 'b:5672/dog', connect },
      link,
      clock: v.clock,
      reconnect: { baseMs: 100, maxMs: 1000 },
      random: () => 0,
      log: { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') },
      metrics: {
        gauge: (name: string, key: unknown, value?: number) =>
          void seen.gauges.push(`${name} ${String(key)} ${String(value)}`),
      },
      ...over,
    },
    'publish',
  );
  const pid = started(await v.run(startGenServer(v.system, actor, { label: 'connection' })));
  await v.idle();
  return { v, link, told, seen, actor, pid };
}

describe('the broker connection', () => {
  for (const purpose of ['publish', 'reports'] as const) {
    it(`for ${purpose}: killed with a fresh connection in its mailbox, it leaves none open`, async () => {
      const { v, broker, link, start } = await scene(purpose);
      const pid = await start();
      // Made, and told; the actor has had no turn since.
      await expect.poll(() => v.system.info(pid)?.messageQueueLen).toBe(1);
      expect(broker.connectionCount).toBe(1);
      crash(v.system, pid);
      await expect.poll(() => broker.connectionCount).toBe(0);
      expect(link.connection).toBeUndefined();
    });

    it(`for ${purpose}: stopped with a fresh connection in its mailbox, it leaves none open`, async () => {
      const { v, broker, start } = await scene(purpose);
      const pid = await start();
      const stopping = stopGenServer(v.system, pid, 'shutdown');
      await expect.poll(() => v.system.info(pid)?.messageQueueLen).toBe(2);
      expect(broker.connectionCount).toBe(1);
      await v.idle();
      await stopping;
      await expect.poll(() => broker.connectionCount).toBe(0);
    });

    it(`for ${purpose}: killed while it connects, it leaves none open`, async () => {
      const { v, broker, start } = await scene(purpose);
      crash(v.system, await start());
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
      expect(broker.connectionCount).toBe(0);
    });
  }

  it('says that the broker cannot be reached at first, with each new cause, and every ten minutes; and shows why', async () => {
    const said: string[] = [];
    const causes = { now: 'connect ECONNREFUSED' };
    const log = { ...quiet, warn: (fields: { readonly err: Error }) => said.push(fields.err.message) };
    const { v, link } = await alone(() => Promise.reject(new Error(causes.now)), { log, reconnect: RECONNECT });
    await v.advance(9 * 60_000);
    expect(said).toEqual(['connect ECONNREFUSED']);
    expect(link.failure).toBe('connect ECONNREFUSED');
    causes.now = "the broker's certificate has expired";
    await v.advance(60_000);
    expect(said).toEqual(['connect ECONNREFUSED', "the broker's certificate has expired"]);
    expect(link.failure).toBe("the broker's certificate has expired");
    await v.advance(21 * 60_000);
    expect(said.slice(2)).toEqual(["the broker's certificate has expired", "the broker's certificate has expired"]);
  });
});

describe('the broker connection alone', () => {
  it('tries at growing intervals up to the longest, and again from the shortest after it was connected', async () => {
    const at: number[] = [];
    const way: { connection: FakeConnection | undefined } = { connection: undefined };
    const clock: { now: () => number } = { now: () => 0 };
    const { v, actor } = await alone(() => {
      at.push(clock.now());
      return way.connection === undefined ? Promise.reject(new Error('refused')) : Promise.resolve(way.connection);
    });
    const begin = v.clock.now();
    clock.now = () => v.clock.now() - begin;
    await v.advance(4600);
    expect(at).toEqual([0, 100, 300, 700, 1500, 2500, 3500, 4500]);
    expect(actor.describe()).toMatchObject({ state: 'down', attempts: 8, error: 'refused' });
    way.connection = new FakeConnection();
    await v.advance(1000);
    expect(at.at(-1)).toBe(5500);
    expect(actor.describe()).toEqual({
      broker: 'b:5672/dog',
      state: 'up',
      since: Math.floor((begin + 5500) / 1000),
      attempts: 0,
    });
    const lost = way.connection;
    way.connection = undefined;
    lost.lose(new BrokerError('connection', 'closed', 'reset by peer'));
    await v.advance(400);
    // Lost at 5600.
    expect(at.slice(9)).toEqual([5700, 5800, 6000]);
  });

  it('declares what the server needs before anybody hears of the connection, and closes one that does not take it', async () => {
    const bad = new FakeConnection();
    bad.refusesToDeclare = new BrokerError('channel', 'access', 'not allowed');
    const good = new FakeConnection();
    const connections = [bad, good];
    const { v, link, told, actor } = await alone(() => Promise.resolve(connections.shift() as FakeConnection));
    expect(bad.ended).toBe('closed');
    expect([told, link.connection, actor.describe()['error']]).toEqual([[], undefined, 'not allowed']);
    await v.advance(100);
    expect(good.declared).toEqual([...serverTopology.exchanges, ...serverTopology.queues].map(({ name }) => name));
    expect([told, link.connection, link.failure]).toEqual([['broker_up'], good, undefined]);
  });

  it('shows a broker that takes nothing, and why', async () => {
    const connection = new FakeConnection();
    const { actor } = await alone(() => Promise.resolve(connection));
    connection.block('low on memory');
    expect(actor.describe()).toMatchObject({ state: 'blocked', blocked: 'low on memory' });
    connection.block(undefined);
    expect(actor.describe()).toMatchObject({ state: 'up' });
  });

  it('tells everybody when the connection is lost, shows it as an outage with its cause, and makes another', async () => {
    const [first, second] = [new FakeConnection(), new FakeConnection()];
    const connections = [first, second];
    const { v, link, told, seen, actor } = await alone(() => Promise.resolve(connections.shift() as FakeConnection));
    first.lose(new BrokerError('connection', 'heartbeat', 'no heartbeat'));
    await v.idle();
    expect([told, link.connection, link.failure]).toEqual([['broker_up', 'broker_down'], undefined, 'no heartbeat']);
    expect(actor.describe()).toMatchObject({ state: 'down', error: 'no heartbeat' });
    await v.advance(100);
    expect([told.at(-1), link.connection]).toEqual(['broker_up', second]);
    expect(seen.gauges).toEqual([
      'dog_trainer_outage broker 0',
      'dog_trainer_outage broker 1',
      'dog_trainer_outage broker 0',
    ]);
    expect(v.reports).toEqual([]);
  });

  it('closes its connection in an ordered stop, after everybody was told', async () => {
    const connection = new FakeConnection();
    const { v, link, told, pid } = await alone(() => Promise.resolve(connection));
    await v.run(stopGenServer(v.system, pid, 'shutdown'));
    expect([connection.ended, link.connection, told]).toEqual(['closed', undefined, ['broker_up', 'broker_down']]);
    await v.advance(60_000);
    expect(v.clock.pending).toBe(0);
  });

  it('warns once of a queue that nobody consumes, and of a rival for the reports', async () => {
    const connection = new FakeConnection();
    connection.queues.set(LEGACY_QUEUE, { name: LEGACY_QUEUE, messageCount: 7, consumerCount: 0 });
    connection.queues.set(REPORT_QUEUE, { name: REPORT_QUEUE, messageCount: 0, consumerCount: 1 });
    const { v, seen } = await alone(() => Promise.resolve(connection));
    const publish = seen.lines.filter((line) => line.startsWith('warn'));
    expect(publish).toEqual([expect.stringContaining('that nobody consumes fills for ever')]);
    const warned: string[] = [];
    const log = { ...quiet, warn: (_fields: object, text: string) => void warned.push(text) };
    const needs: BrokerConnectionNeeds = {
      broker: { describe: 'b', connect: () => Promise.resolve(connection) },
      link: new BrokerLink(),
      clock: v.clock,
      reconnect: RECONNECT,
      log,
      metrics: createMetrics(),
    };
    started(await v.run(startGenServer(v.system, new BrokerConnectionActor(needs, 'reports'), { label: 'reports' })));
    await v.idle();
    expect(warned).toEqual([expect.stringContaining('somebody else consumes the reports')]);
    // The next connection may find its own last consumer: nothing is said.
    connection.lose(new BrokerError('connection', 'closed', 'gone'));
    await v.advance(60_000);
    expect(warned.filter((text) => text.includes('somebody else'))).toHaveLength(1);
  });
});
