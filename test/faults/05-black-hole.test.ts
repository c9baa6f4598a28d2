import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import { createOutbox } from '../../src/broker/outbox.js';
import { keepAttached } from '../support/keep-attached.js';
import { burst, declareRecorder, readRecorder, violations } from '../support/publish-burst.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

const FULL = process.env['TRIALS'] === 'full';
const HEARTBEAT_S = FULL ? 5 : 1;
const ROUNDS = FULL ? 3 : 1;
const BURST = 400;

const rabbit = await startRabbit();
const skipped = 'unavailable' in rabbit ? rabbit.unavailable : undefined;
if (skipped !== undefined) process.stdout.write(`trial 5 skipped: ${skipped}\n`);

/** Trial 5, at the broker and the outbox: bytes vanish, TCP stays open. */
it.skipIf(skipped !== undefined)(
  'a black hole is noticed within two heartbeats, and in the end there is one connection and nothing lost',
  async () => {
    if ('unavailable' in rabbit) return;
    const proxy = await startTcpProxy(rabbit);
    const { username, password, vhost } = rabbit;
    const options = { urls: [`amqp://127.0.0.1:${proxy.port}`], username, password, vhost, connectTimeoutMs: 500 };
    const direct = await createAmqpBroker({ urls: [rabbit.url] }).connect();
    const outbox = createOutbox({ window: 20 });
    // Missing confirms would be noticed before two long heartbeats are over; here it is the heartbeats' turn.
    const beating = { ...options, heartbeatSeconds: HEARTBEAT_S, confirmTimeoutMs: 60_000 };
    const attachment = keepAttached(createAmqpBroker(beating), outbox, { baseMs: 100, maxMs: 2_000 });
    for (let round = 0; round < ROUNDS; round++) {
      await expect.poll(() => attachment.connection !== undefined, { timeout: 10_000 }).toBe(true);
      await declareRecorder(direct, 'recorder');
      // Without heartbeats nobody notices: what the watch is for.
      const careless = await createAmqpBroker({ ...options, heartbeatSeconds: 0 }).connect();
      let carelessNoticed = false;
      void careless.closed.then(() => (carelessNoticed = true));
      const losses = attachment.losses.length;
      const attempts = attachment.delays.length;

      const puts = burst(BURST, 2_000);
      for (const put of puts.slice(0, BURST / 2)) outbox.put(put);
      await sleep(20);
      proxy.set({ kind: 'swallow' });
      const hole = performance.now();
      for (const put of puts.slice(BURST / 2)) outbox.put(put);
      await expect
        .poll(() => attachment.losses.length, { timeout: 4_000 * HEARTBEAT_S, interval: 10 })
        .toBe(losses + 1);
      const noticed = (attachment.losses.at(-1)?.at ?? Infinity) - hole;
      expect(attachment.losses.at(-1)?.error).toMatchObject({ code: 'heartbeat' });
      // The deadline that the trial states.
      expect(noticed).toBeLessThan(2_000 * HEARTBEAT_S);
      expect(carelessNoticed).toBe(false);

      // While it lasts: attempts, none of them at once after the other, nor in step.
      await expect.poll(() => attachment.delays.length, { timeout: 60_000 }).toBeGreaterThan(attempts + 3);
      proxy.cut(); // the swallowed attempts would otherwise stay open on the proxy's far side
      proxy.set({ kind: 'none' });
      expect(await outbox.drain(30_000)).toEqual({ left: 0 });
      expect(new Set(attachment.delays.slice(attempts)).size).toBeGreaterThan(1);

      await careless.close();
      await expect.poll(() => proxy.openConnections, { timeout: 10_000 }).toBe(1);
      const listed = async (): Promise<number> =>
        (await rabbit.ctl('list_connections', 'pid', '--no-table-headers')).trim().split('\n').length;
      // Ours, and the one of this test.
      await expect.poll(listed, { timeout: 30_000, interval: 500 }).toBe(2);
      const arrived = await readRecorder(direct, 'recorder');
      expect(
        violations(
          arrived,
          puts.map(({ message }) => message),
        ),
      ).toEqual([]);
      await direct.deleteQueue('recorder');
      process.stdout.write(
        `trial 5: black hole noticed after ${noticed.toFixed(0)} ms (heartbeat ${HEARTBEAT_S * 1000} ms), ` +
          `${proxy.bytesSwallowed} bytes swallowed, delays ${attachment.delays.slice(attempts).join(', ')} ms, ` +
          `${arrived.length} arrived of ${BURST} puts\n`,
      );
    }
    await attachment.stop();
    await direct.close();
    await proxy.close();
    await rabbit.close();
  },
  FULL ? 600_000 : 120_000,
);
