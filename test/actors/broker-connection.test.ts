import { describe, expect, it, onTestFinished } from 'vitest';
import { BrokerConnectionActor, type ConnectionPurpose } from '../../src/actors/broker/broker-connection.js';
import { BrokerLink } from '../../src/actors/broker/broker-link.js';
import type { ServerContext } from '../../src/actors/context.js';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { createOutbox } from '../../src/broker/outbox.js';
import { loadConfig } from '../../src/config/load.js';
import { createMetrics } from '../../src/metrics/create-metrics.js';
import { crash, startGenServer, stopGenServer, type Pid } from '../../src/otp/index.js';
import { started } from '../support/supervision.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { virtualSystem } from '../../src/otp/testing/index.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The actor on turns that the test gives, with a real broker in process. */
async function scene(purpose: ConnectionPurpose) {
  const v = virtualSystem();
  const broker = createMemoryBroker();
  const { config } = loadConfig({ data: temporaryDirectory() });
  const [link, reportsLink, outbox] = [new BrokerLink(), new BrokerLink(), createOutbox()];
  const parts = { system: v.system, broker, config, metrics: createMetrics(), log: quiet, link, reportsLink, outbox };
  const context = parts as unknown as ServerContext;
  const start = async (): Promise<Pid> =>
    started(
      await v.run(startGenServer(v.system, new BrokerConnectionActor(context, purpose), { label: 'connection' })),
    );
  onTestFinished(() => broker.dropConnections('the test is over'));
  return { v, broker, link: purpose === 'publish' ? link : reportsLink, start };
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
    const v = virtualSystem();
    const said: string[] = [];
    const causes = { now: 'connect ECONNREFUSED' };
    const { config } = loadConfig({ data: temporaryDirectory(), set: ['broker.reconnect_max_ms=30000'] });
    const [link, reportsLink, outbox] = [new BrokerLink(), new BrokerLink(), createOutbox()];
    const broker = { kind: 'amqp', describe: 'b:5672/dog', connect: () => Promise.reject(new Error(causes.now)) };
    const log = { ...quiet, warn: (fields: { readonly err: Error }) => said.push(fields.err.message) };
    const context = { system: v.system, broker, config, metrics: createMetrics(), log, link, reportsLink, outbox };
    const actor = new BrokerConnectionActor(context as unknown as ServerContext, 'publish');
    started(await v.run(startGenServer(v.system, actor, { label: 'connection' })));
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
