import { connect } from 'amqplib';
import { afterAll, describe, expect, it } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import { RULE } from '../support/api-client.js';
import { startRabbit } from '../support/rabbitmq.js';
import { listenAsAgent, report, reportOf, startWholeServer, until } from '../support/whole-server.js';

const rabbit = await startRabbit();
if ('unavailable' in rabbit) {
  it.skip(`RabbitMQ: messages that are refused (${rabbit.unavailable})`, () => undefined);
} else {
  afterAll(() => rabbit.close());
  const newBroker = () => createAmqpBroker({ urls: [rabbit.url] });
  const whole = () => startWholeServer({ set: ['broker.kind=amqp', `broker.url=${rabbit.url}`], broker: newBroker() });
  const KEY = 'refused-messages-host';

  describe('RabbitMQ: messages that are refused', () => {
    it('a queue that refuses the sets holds up no ruleset, is named by an alarm, and the others get no heap of copies', async () => {
      const w = await whole();
      const ear = await listenAsAgent(w.broker, { hostkey: KEY, group: 'web' });
      // An agent's user may declare such a queue, and bind it.
      const spoiler = await connect(rabbit.url);
      const channel = await spoiler.createChannel();
      const refusing = { 'x-max-length': 0, 'x-overflow': 'reject-publish' };
      await channel.assertQueue('spoiler', { durable: false, autoDelete: true, arguments: refusing });
      await channel.bindQueue('spoiler', 'ipsets', '');
      const zone = { name: 'office', ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] };
      const id = await w.create('zone', zone);
      // Published: so the sets count as handed over.
      await w.group('web', [{ ...RULE, group_type: 'ZONE', group: id }]);
      const alarms = () => w.server.context.alarms.list().filter(({ id: alarm }) => alarm === 'broker.refused:sets');
      expect(alarms()).toHaveLength(1);
      expect(w.server.context.world.rows('ipset').size).toBeGreaterThan(1);
      const before = ear.sets().length;
      await w.edit('zone', id, { ...zone, ipv4_addresses: ['192.0.2.2'] });
      await until(() => ear.sets().some((text) => text.includes('192.0.2.2')), 'the new sets');
      await w.group('other', [{ ...RULE, group_type: 'ZONE', group: id }]);
      // Each text once, now that it is known: the sets of the edit, and those with the new group.
      expect(ear.sets().length - before).toBeLessThanOrEqual(2);
      await channel.deleteQueue('spoiler');
      await spoiler.close();
      await w.edit('zone', id, { ...zone, ipv4_addresses: ['192.0.2.3'] });
      await until(() => alarms().length === 0, 'the end of the alarm');
    });

    it('sets that are too large for the broker hold up only rulesets that name one which changed', async () => {
      const limit = (bytes: number) => rabbit.ctl('eval', `application:set_env(rabbit, max_message_size, ${bytes}).`);
      await limit(200_000);
      try {
        const w = await whole();
        const office = await w.create('zone', { name: 'small', ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] });
        const { ruleset } = await w.group('first', [{ ...RULE, group_type: 'ZONE', group: office }]);
        const accepted = [...w.server.context.world.rows('ipset').values()].length;
        const many = Array.from({ length: 20_000 }, (_, n) => `10.${n >> 8}.${n & 255}.1`);
        const large = await w.create('zone', { name: 'large', ipv4_addresses: many, ipv6_addresses: [] });
        await until(
          () => w.server.context.alarms.get('broker.refused:sets')?.text.includes('too large') === true,
          'the alarm',
        );
        // Its set is as it was.
        const rules = { inbound: [{ ...RULE, group_type: 'ZONE', group: office, comment: 'again' }], outbound: [] };
        const output = () => [...w.server.context.outputs.values()].find(({ groupName }) => groupName === 'first');
        await w.edit('ruleset', ruleset, { rules });
        await until(() => output()?.publishedAt !== null, 'the publish of the other group');
        // Nobody has this one.
        const { profile } = await w.profile('second', [{ ...RULE, group_type: 'ZONE', group: large }]);
        await w.create('group', { name: 'second', profile_id: profile });
        const held = await until(() => {
          const detail = w.tree().children?.find(({ id }) => id === 'publishers_sup')?.children;
          const shown = detail?.find(({ id }) => id === 'iptables_publisher')?.detail?.['held'];
          return Object.keys((shown ?? {}) as object).length > 0 ? shown : undefined;
        }, 'the held group');
        expect(JSON.stringify(held)).toContain('large_zv4');
        // A host that starts now is not sent it either, nor rules that name it.
        const ear = await listenAsAgent(w.broker, { hostkey: KEY, group: 'second' });
        await report(ear.connection, 'force', reportOf(KEY, 'second'));
        await until(() => w.host(KEY) !== undefined, 'the registration');
        const other = await listenAsAgent(w.broker, { hostkey: `${KEY}-2`, group: 'first' });
        await report(other.connection, 'force', reportOf(`${KEY}-2`, 'first'));
        await until(() => other.rulesets().length > 0, 'the rules of a host whose sets are as they were');
        expect([ear.rulesets(), ear.sets(), other.sets()]).toEqual([[], [], []]);
        expect(w.server.context.alarms.list().map(({ id }) => id)).toEqual(['broker.refused:sets']);
        // No host is compared with what nobody has.
        expect([...w.server.context.world.rows('ipset').values()]).toHaveLength(accepted);
      } finally {
        await limit(134_217_728);
      }
    });
  });
}
