import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import { createOutbox } from '../../src/broker/outbox.js';
import { keepAttached } from '../support/keep-attached.js';
import { burst, declareRecorder, readRecorder, violations } from '../support/publish-burst.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';

const FULL = process.env['TRIALS'] === 'full';
const ALARM_MS = FULL ? 60_000 : 4_000;
const HEARTBEAT_S = 1;
const BURST = 3_000;
const BODY_BYTES = 5_000;
const TARGETS = 91;
const WINDOW = 20;

const rabbit = await startRabbit();
const skipped = 'unavailable' in rabbit ? rabbit.unavailable : undefined;
if (skipped !== undefined) process.stdout.write(`trial 6 skipped: ${skipped}\n`);

/** Trial 6, at the broker and the outbox: an alarm blocks whoever publishes. */
it.skipIf(skipped !== undefined)(
  'during a memory alarm publishes coalesce within bounds, intake goes on, and afterwards the newest arrive',
  async () => {
    if ('unavailable' in rabbit) return;
    const broker = createAmqpBroker({ urls: [rabbit.url], heartbeatSeconds: HEARTBEAT_S });
    const intake = await broker.connect();
    const outbox = createOutbox({ window: WINDOW });
    const attachment = keepAttached(broker, outbox, { baseMs: 100, maxMs: 1_000 });
    await expect.poll(() => attachment.connects).toBe(1);
    await declareRecorder(intake, 'recorder');
    // Reports that lie in the queue when the alarm comes.
    const reports = burst(500, 300, 'ips');
    await Promise.all(reports.map(({ publication }) => intake.publish(publication)));

    await rabbit.memoryAlarm(true);
    const puts = burst(BURST, BODY_BYTES);
    const raised = performance.now();
    let most = { kept: 0, bytes: 0 };
    let blockedSeen: string | undefined;
    let taken = 0;
    for (const [i, put] of puts.entries()) {
      outbox.put(put);
      const { waiting, inFlight, bytes, blocked } = outbox.snapshot();
      blockedSeen ??= blocked;
      most = { kept: Math.max(most.kept, waiting + inFlight), bytes: Math.max(most.bytes, bytes) };
      if (i === BURST / 2) {
        // Intake has a connection of its own, that never publishes: the broker goes on reading its answers.
        const consumer = await intake.consume('ips', { prefetch: 10 }, (delivery) => {
          taken++;
          delivery.ack();
        });
        await expect.poll(() => taken, { timeout: 10_000 }).toBe(reports.length);
        await consumer.cancel();
      }
      if (i % 10 === 0) await sleep(1);
    }
    await sleep(Math.max(0, ALARM_MS - (performance.now() - raised)));
    const confirmedDuring = outbox.snapshot().confirmed;
    const { connects, losses } = attachment;
    await rabbit.memoryAlarm(false);
    expect(await outbox.drain(30_000)).toEqual({ left: 0 });

    const arrived = await readRecorder(intake, 'recorder');
    expect(
      violations(
        arrived,
        puts.map(({ message }) => message),
      ),
    ).toEqual([]);
    expect(blockedSeen).toContain('memory');
    expect(confirmedDuring).toBe(0);
    // Blocked is not lost: heartbeats go on.
    expect([connects, losses.length]).toEqual([1, 0]);
    expect(most.kept).toBeLessThanOrEqual(TARGETS + WINDOW);
    expect(most.bytes).toBeLessThanOrEqual((TARGETS + WINDOW) * BODY_BYTES);
    expect(arrived.length).toBeLessThanOrEqual(TARGETS + WINDOW);
    process.stdout.write(
      `trial 6: alarm of ${ALARM_MS} ms, ${BURST} puts, ${taken} reports taken in meanwhile, ` +
        `at most ${most.kept} kept (${most.bytes} bytes), ${arrived.length} sent\n`,
    );
    await attachment.stop();
    await intake.close();
    await rabbit.close();
  },
  FULL ? 300_000 : 120_000,
);
