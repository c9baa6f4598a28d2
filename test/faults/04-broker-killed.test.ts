import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import type { Outcome } from '../../src/broker/outbox-contract.js';
import { createOutbox } from '../../src/broker/outbox.js';
import { declareServerTopology } from '../../src/broker/topology.js';
import { openWrittenJournal as openJournal } from '../support/written-journal.js';
import { keepAttached } from '../support/keep-attached.js';
import { burst, declareRecorder, readRecorder, violations } from '../support/publish-burst.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const FULL = process.env['TRIALS'] === 'full';
const ROUNDS = FULL ? 3 : 1;
const AWAY_MS = FULL ? 30_000 : 3_000;
const BURST = 1_000;
const BODY_BYTES = 10_000;
const TARGETS = 91;

const rabbit = await startRabbit();
const skipped = 'unavailable' in rabbit ? rabbit.unavailable : undefined;
if (skipped !== undefined) process.stdout.write(`trial 4 skipped: ${skipped}\n`);

/** Trial 4, at the outbox: the broker is killed in a burst of 1,000 publishes and comes back. */
it.skipIf(skipped !== undefined)(
  `after the broker was killed in a burst, the newest of every target is confirmed, in order (${ROUNDS} times)`,
  async () => {
    if ('unavailable' in rabbit) return;
    const broker = createAmqpBroker({ urls: [rabbit.url], heartbeatSeconds: 5 });
    for (let round = 1; round <= ROUNDS; round++) {
      const setup = await broker.connect();
      await declareServerTopology(setup);
      await declareRecorder(setup, 'recorder');
      // The same burst sent the old way, each message once and nobody looking at the result: it must be found out.
      const unprotected = {
        ...(await setup.declareQueue({ name: 'naive', durable: true, autoDelete: false, exclusive: false })),
      };
      await setup.close();

      const journal = await openJournal({ dir: temporaryDirectory() });
      const outbox = createOutbox({ window: 50, journal });
      const attachment = keepAttached(broker, outbox, { baseMs: 100, maxMs: 1_000 });
      await expect.poll(() => attachment.connects).toBe(1);

      const outcomes: Promise<Outcome>[] = [];
      const naive = burst(BURST, 200, unprotected.name);
      const puts = burst(BURST, BODY_BYTES);
      const killAt = 200 + Math.floor(Math.random() * 400);
      let killed: Promise<void> = Promise.resolve();
      let most = { waiting: 0, bytes: 0 };
      for (const [i, put] of puts.entries()) {
        if (i === killAt) killed = rabbit.kill();
        outcomes.push(outbox.put(put).outcome);
        attachment.connection?.publish(naive[i]?.publication ?? put.publication).catch(() => undefined);
        const { waiting, inFlight, bytes } = outbox.snapshot();
        most = { waiting: Math.max(most.waiting, waiting + inFlight), bytes: Math.max(most.bytes, bytes) };
        if (i % 20 === 0) await sleep(15);
      }
      await killed;
      const confirmedBefore = outbox.snapshot().confirmed;
      await sleep(AWAY_MS);
      await rabbit.start();

      expect(await outbox.drain(30_000)).toEqual({ left: 0 });
      const settled = await Promise.all(outcomes);
      const snapshot = outbox.snapshot();
      await attachment.stop();
      expect(journal.bytes).toBeLessThan(2 * BURST * BODY_BYTES);
      await journal.close();

      const reader = await broker.connect();
      const arrived = await readRecorder(reader, 'recorder');
      const arrivedNaively = await readRecorder(reader, 'naive');
      await reader.deleteQueue('recorder');
      await reader.deleteQueue('naive');
      await reader.close();

      expect(
        violations(
          arrived,
          puts.map(({ message }) => message),
        ),
      ).toEqual([]);
      expect(settled.every(({ kind }) => kind === 'confirmed' || kind === 'superseded')).toBe(true);
      expect(snapshot).toMatchObject({ waiting: 0, inFlight: 0, bytes: 0, dropped: 0 });
      // Memory: never more than a waiting and an unconfirmed message a target.
      expect(most.waiting).toBeLessThanOrEqual(2 * TARGETS);
      expect(most.bytes).toBeLessThanOrEqual(2 * TARGETS * BODY_BYTES);
      const lostNaively = violations(
        arrivedNaively,
        naive.map(({ message }) => message),
      );
      expect(lostNaively.length).toBeGreaterThan(0);
      process.stdout.write(
        `trial 4: ${BURST} publishes, killed at ${killAt}, away ${AWAY_MS} ms: ${confirmedBefore} confirmed before, ` +
          `${snapshot.confirmed} in all, ${snapshot.superseded} superseded, ${snapshot.failed} tried again, ` +
          `${arrived.length} arrived, at most ${most.waiting} kept (${most.bytes} bytes); ` +
          `without the outbox ${lostNaively.length} violations\n`,
      );
    }
    await rabbit.close();
  },
  FULL ? 600_000 : 120_000,
);
