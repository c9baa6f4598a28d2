import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'amqplib';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import { RULE } from '../support/api-client.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { startWholeServer, until } from '../support/whole-server.js';

const rabbit = await startRabbit({ management: true });
if ('unavailable' in rabbit) {
  it.skip(`RabbitMQ: who refuses messages (${rabbit.unavailable})`, () => undefined);
} else {
  afterAll(() => rabbit.close());
  const password = encodeURIComponent(rabbit.password);
  const management = `http://dog:${password}@127.0.0.1:${rabbit.managementPort}`;
  const refusing = (limit: number) => ({ 'x-max-length': limit, 'x-overflow': 'reject-publish' });

  const whole = async (url: string, more: readonly string[] = []) =>
    startWholeServer({
      set: ['broker.kind=amqp', `broker.url=${rabbit.url}`, `broker.management.url=${url}`, ...more],
      broker: createAmqpBroker({ urls: [rabbit.url] }),
    });
  const channelOfAgent = async () => {
    const connection = await connect(rabbit.url);
    onTestFinished(() => connection.close());
    return connection.createChannel();
  };
  const authorization = `Basic ${Buffer.from(`dog:${rabbit.password}`).toString('base64')}`;
  /** The management API has the queue's figures, and the policy that applies to it. */
  const seen = async (queue: string, policy?: string): Promise<boolean> => {
    const answer = await fetch(`http://127.0.0.1:${rabbit.managementPort}/api/queues/dog/${queue}`, {
      headers: { authorization },
    });
    const found = (await answer.json()) as {
      readonly messages_ready?: unknown;
      readonly policy?: unknown;
      readonly effective_policy_definition?: object;
    };
    const applies = policy === undefined || 'max-length' in (found.effective_policy_definition ?? {});
    return typeof found.messages_ready === 'number' && applies && (policy === undefined || found.policy === policy);
  };
  const zone = (address: string) => ({ name: 'office', ipv4_addresses: [address], ipv6_addresses: [] });

  describe('RabbitMQ with its management API', () => {
    it('the alarm of refused sets names the queues that refuse them, and no other', async () => {
      const w = await whole(management);
      const alarm = () => w.server.state.alarms.get('broker.refused:sets')?.text ?? '';
      const channel = await channelOfAgent();
      // By their own arguments, by a policy with a full queue; bound with room, without a bound, and not bound.
      const declare = async (name: string, args: Record<string, unknown>, bound = true) => {
        await channel.assertQueue(name, { durable: false, exclusive: true, arguments: args });
        if (bound) await channel.bindQueue(name, 'ipsets', '');
      };
      await declare('spoiler"\u202e', refusing(0));
      await rabbit.ctl('set_policy', '-p', 'dog', 'small', '^dead-', '{"max-length":1,"overflow":"reject-publish"}');
      await declare('dead-agent', {});
      await declare('roomy', refusing(100_000));
      await declare('drops', { 'x-max-length': 0 });
      await declare('elsewhere', refusing(0), false);
      // The API's figures come some seconds after the queues.
      for (const name of ['spoiler"\u202e', 'dead-agent', 'roomy', 'drops', 'elsewhere'])
        await until(() => seen(name, name === 'dead-agent' ? 'small' : undefined), `the figures of ${name}`);
      await w.create('zone', zone('192.0.2.1'));
      const named = await until(() => (alarm().includes('Queues that refuse') ? alarm() : undefined), 'the names');
      expect(named).toMatch(/"spoiler\\"\\u\{202E\}" \(full: x-max-length 0.*, x-overflow reject-publish\)/);
      expect(named).toMatch(
        /"dead-agent" \((full: )?max-length by a policy 1.*, overflow by a policy reject-publish\)/,
      );
      expect(named).not.toMatch(/roomy|drops|elsewhere|a secret/);
    });

    it('of rulesets those are named that the group’s key goes to', async () => {
      const w = await whole(`http://127.0.0.1:${rabbit.managementPort}`);
      const channel = await channelOfAgent();
      for (const [name, key] of [
        ['of-web', '*.*.web.*'],
        ['of-db', '*.*.db.*'],
        ['of-all', '#'],
      ] as const) {
        await channel.assertQueue(name, { durable: false, exclusive: true, arguments: refusing(0) });
        await channel.bindQueue(name, 'iptables', key);
      }
      const { group } = await w.group('web', [RULE]);
      const alarm = () => w.server.state.alarms.get(`broker.refused:group/${group}`)?.text ?? '';
      await until(() => alarm().includes('Queues that refuse messages'), 'the names');
      expect(
        alarm()
          .match(/of-\w+/g)
          ?.sort(),
      ).toEqual(['of-all', 'of-web']);
    });

    it.each([
      ['does not know the password', `http://dog:wrong@127.0.0.1:${rabbit.managementPort}`, /answered 401\.$/],
      ['is not there', 'http://127.0.0.1:1', /cannot be asked: .*ECONNREFUSED/],
    ])('the alarm is there at once when the API %s, and says why no queue is named', async (_, url, why) => {
      const w = await whole(url);
      const channel = await channelOfAgent();
      await channel.assertQueue('spoiler', { durable: false, exclusive: true, arguments: refusing(0) });
      await channel.bindQueue('spoiler', 'ipsets', '');
      await w.group('web', [{ ...RULE, group_type: 'ZONE', group: await w.create('zone', zone('192.0.2.1')) }]);
      const alarm = () => w.server.state.alarms.get('broker.refused:sets')?.text ?? '';
      await until(() => why.test(alarm()), 'the reason');
      expect(alarm()).not.toContain('wrong');
    });

    it('an API that never answers, or without end, holds up nothing', async () => {
      let asked = 0;
      const silent = createServer((_, response) => {
        asked += 1;
        response.writeHead(200);
        const timer = setInterval(() => response.write(Buffer.alloc(65_536, ' ')), 1);
        response.on('close', () => clearInterval(timer));
      });
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void silent.close());
      const w = await whole(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
      const channel = await channelOfAgent();
      await channel.assertQueue('spoiler', { durable: false, exclusive: true, arguments: refusing(0) });
      await channel.bindQueue('spoiler', 'ipsets', '');
      // Published, with the alarm set, whatever the API does.
      await w.group('web', [{ ...RULE, group_type: 'ZONE', group: await w.create('zone', zone('192.0.2.1')) }]);
      const alarm = () => w.server.state.alarms.get('broker.refused:sets')?.text ?? '';
      expect(alarm()).toContain('did not take for everybody');
      await until(() => /answers with more than \d+ bytes/.test(alarm()), 'the bound');
      expect(asked).toBe(1);
    });
  });
}
