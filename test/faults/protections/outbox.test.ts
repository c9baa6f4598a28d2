import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createAmqpBroker } from '../../../src/broker/amqp/amqp-broker.js';
import type { Backoff } from '../../../src/otp/index.js';
import { createMemoryBroker } from '../../../src/broker/memory/memory-broker.js';
import type { OutboxPut } from '../../../src/broker/outbox-contract.js';
import { createOutbox } from '../../../src/broker/outbox.js';
import { declareServerTopology } from '../../../src/broker/topology.js';
import { freePorts } from '../../../src/bench/peers/free-ports.js';
import { keepAttached } from '../../support/keep-attached.js';
import { burst, declareRecorder, readRecorder, violations } from '../../support/publish-burst.js';

const BURST = 400;
const BODY_BYTES = 500;

/** What trials 4 and 6 look at after a burst that was put while the broker was away. */
async function afterOutage(
  change: (put: OutboxPut, number: number) => OutboxPut,
): Promise<{ readonly violations: number; readonly mostKept: number }> {
  const broker = createMemoryBroker();
  const connection = await broker.connect();
  await declareServerTopology(connection);
  await declareRecorder(connection, 'recorder');
  const outbox = createOutbox({ window: 20 });
  const puts = burst(BURST, BODY_BYTES);
  for (const [i, put] of puts.entries()) outbox.put(change(put, i));
  const mostKept = outbox.depth();
  outbox.attach(connection);
  await outbox.drain(10_000);
  const arrived = await readRecorder(connection, 'recorder');
  await connection.close();
  const sent = puts.map(({ message }) => message);
  return { violations: violations(arrived, sent).length, mostKept };
}

it('trial 4 without sets before rules: rulesets arrive before the sets that they name', async () => {
  expect((await afterOutage((put) => put)).violations).toBe(0);
  const off = await afterOutage((put) => ({ ...put, class: 'config', after: [] }));
  expect(off.violations).toBeGreaterThan(0);
  process.stdout.write(`protection off, trial 4: without order ${off.violations} violations\n`);
});

it('trial 6 without one message a target: what is kept grows with the burst', async () => {
  const on = await afterOutage((put) => put);
  const off = await afterOutage((put, number) => ({ ...put, target: `${put.target} ${number}` }));
  // The bound that trial 6 states: 91 targets.
  expect(on.mostKept).toBeLessThanOrEqual(91);
  expect(off.mostKept).toBe(BURST);
  process.stdout.write(`protection off, trial 6: ${off.mostKept} kept of ${BURST} puts, with it ${on.mostKept}\n`);
});

it('trial 5 without back-off: the broker is asked all the time, and at a steady beat', async () => {
  const [port = 0] = await freePorts(1);
  const attempts = async (backoff: Backoff): Promise<readonly number[]> => {
    const broker = createAmqpBroker({ urls: [`amqp://127.0.0.1:${port}`], connectTimeoutMs: 500 });
    const attachment = keepAttached(broker, createOutbox(), backoff);
    await sleep(1_500);
    await attachment.stop();
    return attachment.delays;
  };
  const on = await attempts({ baseMs: 200, maxMs: 2_000 });
  const off = await attempts({ baseMs: 0, maxMs: 0 });
  // What trial 5 looks for: delays that differ.
  expect(new Set(on).size).toBeGreaterThan(1);
  expect(new Set(off).size).toBe(1);
  expect(off.length).toBeGreaterThan(2 * on.length);
  process.stdout.write(`protection off, trial 5: ${off.length} attempts in 1.5 s, with back-off ${on.length}\n`);
});
