import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import { QUICK_TIMING } from '../../src/sim/agent-timing.js';
import { startFleet } from '../../src/sim/sim-fleet.js';
import { RULE } from '../support/api-client.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { startWholeServer, until } from '../support/whole-server.js';

const rabbit = await startRabbit({ management: true });
/** RabbitMQ counts connections every five seconds. */
const PATIENT = { timeout: 90_000, interval: 100 };

describe.skipIf('unavailable' in rabbit)('RabbitMQ: the first host of a rollout', { timeout: 180_000 }, () => {
  if ('unavailable' in rabbit) return;
  afterAll(() => rabbit.close());

  it('must come back over another connection before others get the change', async () => {
    const management = new URL(`http://127.0.0.1:${rabbit.managementPort}`);
    const broker = createAmqpBroker({ urls: [rabbit.url] });
    const w = await startWholeServer({
      broker,
      set: ['broker.kind=amqp', `broker.url=${rabbit.url}`, `broker.management.url=${management.href}`],
    });
    const { group, ruleset } = await w.group('web');
    // Each with a connection of its own: the one that is closed must be the first host's.
    const fleet = await startFleet({ broker, agents: 3, groups: ['web'], connections: 3, timing: QUICK_TIMING });
    onTestFinished(() => fleet.stop());
    const { world, outputs } = w.server.state;
    await until(() => [...world.rows('host').values()].filter(({ active }) => active === 'active').length === 3);
    const policy = { steps: [{ hosts: 1 }, { all: true }], bake_keepalives: 0, deadline_seconds: 40 };
    expect((await w.api('PUT', '/api/V2/rollout-policy/web', policy)).status).toBeLessThan(300);
    await w.edit('ruleset', ruleset, { rules: { inbound: [RULE, { ...RULE, comment: 'new' }], outbound: [] } });
    const rollout = () => outputs.rollouts.get(group);
    const closed = await until(
      () => {
        const [first] = outputs.rollouts.watch(group).reconnects.values();
        return first?.at === 'closed' ? first.connection : undefined;
      },
      'the connection of the first host is closed',
      PATIENT,
    );
    expect(rollout()).toMatchObject({ state: 'rolling', reconnectProof: true });
    expect(rollout()?.steps).toHaveLength(1);
    await until(() => rollout()?.state === 'done', 'it is done', PATIENT);
    const names = await rabbit.ctl('list_connections', 'name');
    expect(names).toContain('->');
    expect(names).not.toContain(closed);
  });
});
