import { expect, it } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import { declareServerTopology } from '../../src/broker/topology.js';
import { RULE } from '../support/api-client.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { listenAsAgent, report, reportOf, startWholeServer, until } from '../support/whole-server.js';

const REPORTS = 200;
const rabbit = await startRabbit();
const skipped = 'unavailable' in rabbit ? rabbit.unavailable : undefined;
if (skipped !== undefined) process.stdout.write(`trial 6, in the server, skipped: ${skipped}\n`);

/** Trial 6 with the whole server: what lies in the queue is taken in while the broker takes nothing. */
it.skipIf(skipped !== undefined)(
  'during a memory alarm reports are handled, the API takes edits, readiness says it; afterwards the newest goes out',
  async () => {
    if ('unavailable' in rabbit) return;
    const broker = createAmqpBroker({ urls: [rabbit.url], heartbeatSeconds: 5 });
    const agents = await broker.connect();
    await declareServerTopology(agents);
    // In the queue before the alarm, which then keeps agents from sending more.
    for (let n = 0; n < REPORTS; n++) await report(agents, 'force', reportOf(`host-with-key-${n}`, 'web'));
    await rabbit.memoryAlarm(true);
    const w = await startWholeServer({
      broker,
      set: [
        'broker.kind=amqp',
        `broker.url=${rabbit.url}`,
        'intake.prefetch=5',
        'intake.registrations_per_minute=100000',
      ],
    });
    const ear = await listenAsAgent(broker, { hostkey: 'listening-hostkey', group: 'web' });
    const { profile } = await w.profile('web', [RULE]);
    const group = await w.create('group', { name: 'web', profile_id: profile, profile_name: 'web' });
    for (let n = 1; n <= 20; n++) await w.edit('group', group, { external_ipv4_addresses: [`192.0.2.${n}`] });
    await until(() => w.server.state.outbox.snapshot().blocked, 'blocked');
    await until(() => w.server.state.world.rows('host').size === REPORTS, 'every report that lay in the queue');
    const ready = await w.api('GET', '/readyz');
    expect([ready.status, ready.text]).toEqual([503, expect.stringContaining('takes no messages')]);
    expect([ear.sets(), ear.rulesets()]).toEqual([[], []]);
    await rabbit.memoryAlarm(false);
    await until(() => ear.sets().at(-1)?.includes('192.0.2.20'), 'the newest sets');
    await w.reaches(group, 'published');
    await until(async () => (await w.api('GET', '/readyz')).status === 200, 'ready');
    process.stdout.write(
      `trial 6, in the server: ${REPORTS} reports handled and 20 edits taken under the alarm; ` +
        `${ear.sets().length} texts of sets and ${ear.rulesets().length} rulesets sent after it\n`,
    );
    await agents.close();
    await w.stop();
    await rabbit.close();
  },
  120_000,
);
