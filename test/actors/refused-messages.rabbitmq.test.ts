import { connect } from 'amqplib';
import { afterAll, describe, expect, it } from 'vitest';
import { CENSUS } from '../../src/actors/hosts/census-messages.js';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import { RULE } from '../support/api-client.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { listenAsAgent, report, reportOf, startWholeServer, until } from '../support/whole-server.js';

const rabbit = await startRabbit();
if ('unavailable' in rabbit) {
  it.skip(`RabbitMQ: messages that are refused (${rabbit.unavailable})`, () => undefined);
} else {
  afterAll(() => rabbit.close());
  const newBroker = () => createAmqpBroker({ urls: [rabbit.url] });
  const whole = (more: readonly string[] = []) =>
    startWholeServer({ set: ['broker.kind=amqp', `broker.url=${rabbit.url}`, ...more], broker: newBroker() });
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
      const alarms = () => w.server.state.alarms.list().filter(({ id: alarm }) => alarm === 'broker.refused:sets');
      expect(alarms()).toHaveLength(1);
      expect(w.server.state.world.rows('ipset').size).toBeGreaterThan(1);
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

    it(
      'what was too large goes out by itself when the limit is raised, sets and rulesets, and the alarms end',
      { timeout: 120_000 },
      async () => {
        const limit = (bytes: number) => rabbit.ctl('eval', `application:set_env(rabbit, max_message_size, ${bytes}).`);
        // RabbitMQ looks at it when a channel is opened.
        await limit(50_000);
        try {
          const w = await whole(['broker.refused_retry_seconds=0.5']);
          const { group: large, ruleset } = await w.group('large-rules', [RULE]);
          const many = Array.from({ length: 6_000 }, (_, n) => `10.${n >> 8}.${n & 255}.1`);
          const zone = await w.create('zone', { name: 'too-large', ipv4_addresses: many, ipv6_addresses: [] });
          const rules = Array.from({ length: 500 }, (_, n) => ({ ...RULE, comment: `rule ${n} ${'x'.repeat(100)}` }));
          await w.edit('ruleset', ruleset, { rules: { inbound: rules, outbound: [] } });
          const { profile } = await w.profile('waits', [{ ...RULE, group_type: 'ZONE', group: zone }]);
          const waits = await w.create('group', { name: 'waits', profile_id: profile });
          const alarms = () => w.server.state.alarms.list().map(({ id }) => id);
          const wanted = ['broker.refused:sets', `broker.refused:group/${large}`];
          await until(() => wanted.every((id) => alarms().includes(id)), 'the alarms');
          expect(w.server.state.alarms.get('broker.refused:sets')?.text).toContain('tried again every 0.5 seconds');
          // More than once in vain, and once each is enough.
          const refused = () => w.server.state.outbox.snapshot().refusedMessages;
          const before = refused();
          await until(() => refused() > before + 4, 'tries in vain');
          const published = (id: string) => w.server.state.outputs.get(id)?.publishedAt !== null;
          expect([published(large), published(waits)]).toEqual([false, false]);
          // Nothing else is touched.
          await limit(134_217_728);
          await until(() => published(large) && published(waits) && alarms().length === 0, 'all of it');
          expect(w.server.state.sets.untaken.size).toBe(0);
        } finally {
          await limit(134_217_728);
        }
      },
    );

    it('sets that were too large and are as before again: the alarm ends, and nothing is sent', async () => {
      const limit = (bytes: number) => rabbit.ctl('eval', `application:set_env(rabbit, max_message_size, ${bytes}).`);
      const addresses = (count: number) => Array.from({ length: count }, (_, n) => `10.${n >> 8}.${n & 255}.1`);
      const zone = (count: number) => ({ name: 'grows', ipv4_addresses: addresses(count), ipv6_addresses: [] });
      await limit(50_000);
      try {
        const w = await whole();
        const id = await w.create('zone', zone(1));
        await w.group('of-grows', [{ ...RULE, group_type: 'ZONE', group: id }]);
        await w.edit('zone', id, zone(6_000));
        const alarm = () => w.server.state.alarms.get('broker.refused:sets');
        await until(() => alarm() !== undefined, 'the alarm');
        await w.edit('zone', id, zone(1));
        await until(() => alarm() === undefined, 'the end of the alarm');
      } finally {
        await limit(134_217_728);
      }
    });

    it('alarms about a host or a group end when it is deleted, also those that come later', async () => {
      const w = await whole();
      const { group } = await w.group('web', [RULE]);
      const ear = await listenAsAgent(w.broker, { hostkey: KEY, group: 'web' });
      await report(ear.connection, 'force', reportOf(KEY, 'web'));
      const host = await until(() => w.host(KEY), 'the registration');
      const ids = [`host/${KEY}`, `host-sets/${KEY}`, `config/${KEY}`, `group/${group}`].map(
        (of) => `broker.refused:${of}`,
      );
      const { alarms } = w.server.state;
      const left = () => alarms.list().filter(({ id }) => ids.includes(id));
      for (const id of ids) alarms.set(id, 'refused');
      alarms.set('broker.refused:host/another', 'refused');
      expect((await w.api('DELETE', `/api/V2/host/${host.id}`)).status).toBe(204);
      await until(() => left().length === 1, 'the end of the alarms of the host');
      expect((await w.api('DELETE', `/api/V2/group/${group}`)).status).toBe(204);
      await until(() => left().length === 0, 'the end of the alarm of the group');
      // A message that was under way is refused when its host is gone.
      for (const id of ids) alarms.set(id, 'refused');
      w.server.state.system.send(CENSUS, { tag: 'count' });
      await until(() => alarms.list().length === 0, 'the end of the late alarms');
    });

    it('sets that are too large for the broker hold up only rulesets that name one which changed', async () => {
      const limit = (bytes: number) => rabbit.ctl('eval', `application:set_env(rabbit, max_message_size, ${bytes}).`);
      await limit(200_000);
      try {
        const w = await whole();
        const office = await w.create('zone', { name: 'small', ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] });
        const { ruleset } = await w.group('first', [{ ...RULE, group_type: 'ZONE', group: office }]);
        const accepted = [...w.server.state.world.rows('ipset').values()].length;
        const many = Array.from({ length: 20_000 }, (_, n) => `10.${n >> 8}.${n & 255}.1`);
        const large = await w.create('zone', { name: 'large', ipv4_addresses: many, ipv6_addresses: [] });
        await until(
          () => w.server.state.alarms.get('broker.refused:sets')?.text.includes('too large') === true,
          'the alarm',
        );
        // Its set is as it was.
        const rules = { inbound: [{ ...RULE, group_type: 'ZONE', group: office, comment: 'again' }], outbound: [] };
        const output = () => [...w.server.state.outputs.values()].find(({ groupName }) => groupName === 'first');
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
        expect(w.server.state.alarms.list().map(({ id }) => id)).toEqual(['broker.refused:sets']);
        // No host is compared with what nobody has.
        expect([...w.server.state.world.rows('ipset').values()]).toHaveLength(accepted);
      } finally {
        await limit(134_217_728);
      }
    });
  });
}
