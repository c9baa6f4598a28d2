import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import { loadConfig } from '../../src/config/load.js';
import type { JsonObject } from '../../src/model/document.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import type { Change } from '../../src/store/store.js';
import { RULE } from '../support/api-client.js';
import { runMain, type MainChild } from '../support/main-child.js';
import { startRabbit, type PrivateRabbit } from '../../src/bench/peers/private-rabbit.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { until } from '../support/whole-server.js';

/** Trial 10: SIGTERM with 500 publishes queued, in a real process with a real RabbitMQ. */
const GROUPS = 500;
/** A process made from sources, on a machine that has other tests to run. */
const SLOW_START = { timeout: 60_000, interval: 50 };
/** A stop that waited for its own limit would take longer than any test here. */
const NO_LIMIT = ['shutdown_seconds=600'];

/** Sends SIGTERM, and prints how long it took to end; gives how it ended. */
async function stop(child: MainChild, what: string): Promise<number | string> {
  const before = performance.now();
  child.process.kill('SIGTERM');
  const code = await child.ended;
  process.stdout.write(`trial 10: ${what}: ended ${(performance.now() - before).toFixed(0)} ms after SIGTERM\n`);
  return code;
}

/** A data directory whose store holds a policy of 500 groups that was never published. */
async function withPolicy(): Promise<string> {
  const data = temporaryDirectory();
  const store = await createSqliteStore({ path: loadConfig({ data }).config.store.path });
  const doc = (table: 'group' | 'profile' | 'ruleset', row: JsonObject): Change => ({ op: 'create', table, doc: row });
  await store.commit(
    [
      doc('profile', { id: 'p', name: 'p' }),
      doc('ruleset', { id: 'r', name: 'r', profile_id: 'p', rules: { inbound: [RULE], outbound: [RULE] } }),
      ...Array.from({ length: GROUPS }, (_, n) => doc('group', { id: `g${n}`, name: `g${n}`, profile_id: 'p' })),
    ],
    { author: 'test' },
  );
  await store.close();
  return data;
}

/** Starts the program; publishing waits for a quiet time that does not come before it is stopped. */
async function start(
  rabbit: PrivateRabbit,
  data: string,
  more: readonly string[] = [],
): Promise<MainChild & { readonly api: string }> {
  const set = ['api.port=0', 'metrics.port=0', 'broker.kind=amqp', `broker.url=${rabbit.url}`];
  const flags = [...set, 'publish_quiet_ms=600000', ...more].flatMap((each) => ['--set', each]);
  const child = runMain(['start', '--data', data, ...flags]);
  const line = await until(
    () => child.out.split('\n').find((each) => each.includes('"msg":"listening"')),
    `listening: ${child.err}`,
    SLOW_START,
  );
  const { api } = JSON.parse(line) as { api: string };
  await until(() => child.out.includes('connected to the broker'), 'connected');
  return Object.assign(Object.create(child) as MainChild, { api });
}

async function actor(api: string, path: string): Promise<{ detail: Record<string, unknown> }> {
  const response = await fetch(`${api}/api/V2/actors?path=${path}`);
  return (await response.json()) as { detail: Record<string, unknown> };
}

async function waiting(api: string): Promise<number> {
  return (await actor(api, 'dog_trainer/publishers_sup/iptables_publisher')).detail.waiting as number;
}

const rabbit = await startRabbit();
if ('unavailable' in rabbit) {
  it.skip(`RabbitMQ: trial 10 (${rabbit.unavailable})`, () => undefined);
} else {
  afterAll(() => rabbit.close());

  /** Hears the rulesets of all groups, from now on. */
  const listen = async (): Promise<ReadonlySet<string>> => {
    const connection = await createAmqpBroker({ urls: [rabbit.url] }).connect();
    onTestFinished(() => connection.close());
    await connection.declareExchange({ name: 'iptables', type: 'topic', durable: true });
    const { name } = await connection.declareQueue({ name: '', durable: false, autoDelete: true, exclusive: true });
    await connection.bindQueue(name, 'iptables', '#');
    const keys = new Set<string>();
    await connection.consume(name, { prefetch: 0 }, (delivery) => {
      keys.add(delivery.routingKey);
      delivery.ack();
    });
    return keys;
  };

  describe('RabbitMQ: trial 10, SIGTERM with 500 publishes queued', () => {
    it('drains the queue, every ruleset confirmed, and exits 0 without waiting for the limit', async () => {
      const heard = await listen();
      const child = await start(rabbit, await withPolicy(), NO_LIMIT);
      await until(async () => (await waiting(child.api)) === GROUPS, '500 wait');
      expect(heard.size).toBe(0);
      expect(await stop(child, 'drained'), child.err).toBe(0);
      await until(() => heard.size === GROUPS, 'all are heard');
      expect(child.out).toMatch(/"left":\[\],"msg":"stopped"/);
      expect(child.err).toBe('');
    }, 120_000);

    it('a broker that takes nothing: the limit ends it, all journalled, exit 0, sent by the next start', async () => {
      const data = await withPolicy();
      const child = await start(rabbit, data);
      await until(async () => (await waiting(child.api)) === GROUPS, '500 wait');
      await rabbit.memoryAlarm(true);
      onTestFinished(() => rabbit.memoryAlarm(false));
      // It would wait for ever, were it not for `shutdown_seconds`.
      const code = await stop(child, 'a broker that takes nothing');
      expect(code, child.out.slice(-2000) + child.err).toBe(0);
      await rabbit.memoryAlarm(false);
      const heard = await listen();
      const next = await start(rabbit, data);
      await until(() => heard.size === GROUPS, 'all are heard');
      next.process.kill('SIGTERM');
      expect(await next.ended, next.err).toBe(0);
    }, 120_000);

    it('a second SIGTERM forces, and says what was left', async () => {
      const child = await start(rabbit, await withPolicy(), NO_LIMIT);
      await until(async () => (await waiting(child.api)) === GROUPS, '500 wait');
      await rabbit.memoryAlarm(true);
      onTestFinished(() => rabbit.memoryAlarm(false));
      child.process.kill('SIGTERM');
      await until(() => child.out.includes('waiting until the broker has confirmed'), 'it drains');
      expect(await stop(child, 'by a second one')).toBe(1);
      expect(child.err).toMatch(/stopped by force \(a second signal, SIGTERM\); left: \d{3} messages/);
    }, 120_000);
  });
}
