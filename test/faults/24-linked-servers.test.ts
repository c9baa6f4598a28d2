import { afterAll, expect, it, onTestFinished } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import { INBOUND } from '../../src/broker/topology.js';
import type { ActorNode } from '../../src/otp/index.js';
import type { JsonObject } from '../../src/model/document.js';
import { textOf } from '../../src/model/text-of.js';
import { stampAt } from '../../src/wire/messages/envelope.js';
import { decodeFederation, encodeFederation, type FederatedSets } from '../../src/wire/messages/federation.js';
import { freePorts } from '../../src/bench/peers/free-ports.js';
import { linkTo, zone } from '../support/linked-servers.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { listenAsAgent, startWholeServer, until } from '../support/whole-server.js';

const FULL = process.env['TRIALS'] === 'full';
const FLOOD = FULL ? 20_000 : 2_000;
const BATCH = 200;
/** A tenth of the interval: one message is read per this, in milliseconds. */
const PACE_MS = 20;

const rabbit = await startRabbit();
const skipped = 'unavailable' in rabbit ? rabbit.unavailable : undefined;
if (skipped !== undefined) process.stdout.write(`trial 24 skipped: ${skipped}\n`);
afterAll(() => ('unavailable' in rabbit ? undefined : rabbit.close()));

/** Restarts of all actors below. */
function restartsIn(node: ActorNode): number {
  return (node.restarts ?? 0) + (node.children ?? []).reduce((sum, child) => sum + restartsIn(child), 0);
}

function saysOf(name: string, at: number): FederatedSets {
  const zones = { flood: [`10.66.${at % 200}.1/32`] };
  return { name, v4: { groups: {}, zones }, v6: { groups: {}, zones: {} }, ec2: {} };
}

/** Trial 24: one far broker is down, one refuses, one is a black hole, one link is flooded. */
it.skipIf(skipped !== undefined)(
  'links whose far brokers are down, refuse or swallow, and one that is flooded, harm neither another link nor agents nor the boot',
  { timeout: 120_000 },
  async () => {
    if ('unavailable' in rabbit) return;
    const broker = createAmqpBroker({ urls: [rabbit.url] });
    // Each message of the flood takes all away that the one before had: no operator is to be asked here.
    const set = [
      'env=me',
      'external_ipset_periodic_publish_interval_seconds=0.2',
      'broker.connection_timeout=1000',
      'links.shrink_percent=100',
    ];
    const before = await startWholeServer({ broker, set });
    const { data } = before;
    const [down = 0] = await freePorts(1);
    const hole = await startTcpProxy({ host: rabbit.host, port: rabbit.port });
    onTestFinished(() => hole.close());
    hole.set({ kind: 'swallow' });
    const link = (name: string, port: number, more: JsonObject = {}) => before.create('link', linkTo(name, port, more));
    await link('d1', down);
    const refused = linkTo('r1', rabbit.port);
    await before.create('link', {
      ...refused,
      connection: { ...(refused.connection as JsonObject), password: 'wrong' },
    });
    await link('h1', hole.port);
    await link('f1', rabbit.port, { direction: 'inbound' });
    await link('g1', rabbit.port, { direction: 'outbound' });
    await before.stop();

    // The boot, with all of them there.
    const bootedAt = performance.now();
    const server = await startWholeServer({ broker, data, set });
    const ear = await listenAsAgent(broker, { hostkey: 'agent-of-trial-24', group: 'web' });
    const far = await broker.connect();
    onTestFinished(() => far.close());
    const good: FederatedSets[] = [];
    await far.declareExchange(INBOUND);
    await far.declareQueue({ name: 'inbound_me', durable: true, autoDelete: true, exclusive: false });
    await far.bindQueue('inbound_me', INBOUND.name, 'me');
    await far.consume('inbound_me', { prefetch: 1 }, (delivery) => {
      good.push(decodeFederation(delivery.body));
      delivery.ack();
    });
    await server.group('web');
    await until(() => ear.rulesets().length > 0, 'a ruleset at the agent');
    await until(() => good.length > 0, 'our sets at the good link');
    const ids = new Map([...server.server.state.world.rows('link')].map(([id, { name }]) => [textOf(name), id]));
    const known = (name: string) => server.server.state.book.entry(ids.get(name) ?? '');
    await until(() => known('d1').far?.state === 'down' && known('r1').far?.state === 'down', 'the outages shown');
    await until(() => known('h1').far?.state === 'down', 'the black hole noticed');

    const flooding = (async () => {
      for (let at = 0; at < FLOOD; at += BATCH)
        await Promise.all(
          Array.from({ length: BATCH }, (_, more) => {
            const body = encodeFederation(saysOf('f1', at + more), stampAt(new Date(0)));
            return far.publish({
              exchange: INBOUND.name,
              routingKey: 'f1',
              body,
              contentType: 'text/json',
              persistent: true,
            });
          }),
        );
    })();
    const [sent, told] = [ear.rulesets().length, good.length];
    await server.create('zone', zone('office', ['10.7.0.1']));
    await server.api('GET', '/api/publish?group=web');
    await until(() => ear.sets().some((text) => text.includes('office_zv4')), 'an edit at the agent in the flood');
    await until(() => ear.rulesets().length > sent, 'a ruleset at the agent in the flood');
    await until(
      () => good.slice(told).some(({ v4 }) => 'office' in v4.zones),
      'the edit at the good link in the flood',
    );
    await flooding;
    const last = saysOf('f1', FLOOD - 1).v4.zones['flood'];
    await until(() => {
      const row = [...server.server.state.world.rows('external').values()].find(({ name }) => name === 'f1');
      const v4 = row?.v4 as { zones: Record<string, readonly string[]> } | undefined;
      return JSON.stringify(v4?.zones['flood']) === JSON.stringify(last);
    }, 'the last message of the flood in service');
    expect(restartsIn(server.tree())).toBe(0);
    expect((await server.api('GET', '/readyz')).status).toBe(200);
    const figures = await fetch(`${server.server.listening.metrics}/metrics`).then((answer) => answer.text());
    const read = Number(/^external_ipset_update(?:_total)? (\d+)/m.exec(figures)?.[1]);
    expect(read).toBeLessThanOrEqual((performance.now() - bootedAt) / PACE_MS + 1);
    process.stdout.write(`trial 24: ${read} of ${FLOOD} flooding messages read, no actor restarted\n`);
  },
);
