import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import type { BrokerConnection } from '../../src/broker/broker.js';
import { AGENT_QUEUES, declareAgentQueue, declareReports } from '../../src/sim/agent-topology.js';
import { encodeReport } from '../../src/wire/messages/report.js';
import { stampAt } from '../../src/wire/messages/envelope.js';
import { startRabbit, type PrivateRabbit } from '../../src/bench/peers/private-rabbit.js';
import { listenAsAgent, reportOf, startWholeServer, until } from '../support/whole-server.js';

const KEY = 'agent-key-01';
const PASSWORD = 'secret';
const IDENTITY = { environment: '*', location: '*', hostkey: KEY, group: 'web' };

/** The commands of docs/security.md, as they stand there. */
function documented(): string[][] {
  const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
  const block = /```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  return block
    .replace(/\\\n/g, ' ')
    .replaceAll('HOSTKEY', KEY)
    .replaceAll('GROUP', 'web')
    .split('\n')
    .filter((line) => line.startsWith('rabbitmqctl'))
    .map((line) => [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '').slice(1));
}

function suite(rabbit: PrivateRabbit): void {
  const urlOf = (user: string): string => `amqp://${user}:${PASSWORD}@127.0.0.1:${rabbit.port}/dog`;
  const connect = async (url: string): Promise<BrokerConnection> => {
    const connection = await createAmqpBroker({ urls: [url] }).connect();
    onTestFinished(() => connection.close());
    return connection;
  };
  const restrict = async (): Promise<void> => {
    const commands = documented();
    expect(commands).toHaveLength(5);
    for (const [command = '', ...args] of commands)
      await rabbit.ctl(command, ...args, ...(command === 'add_user' ? [PASSWORD] : []));
  };

  describe('RabbitMQ: the least rights of an agent', { timeout: 120_000 }, () => {
    it('are enough for its work, and for none of the others’', async () => {
      await restrict();
      const w = await startWholeServer({
        broker: createAmqpBroker({ urls: [rabbit.url] }),
        set: ['intake.check_user_id=true'],
      });
      await w.group('web');
      await w.group('db');
      const admin = await connect(rabbit.url);
      for (const queue of AGENT_QUEUES)
        await declareAgentQueue(admin, queue, { ...IDENTITY, hostkey: 'victim-key-1', group: 'db' });

      // Its work: all that an agent declares and binds, a report, and what comes back.
      const agent = await connect(urlOf(KEY));
      await declareReports(agent);
      await declareAgentQueue(agent, 'file_transfer', IDENTITY);
      const ear = await listenAsAgent(createAmqpBroker({ urls: [urlOf(KEY)] }), IDENTITY);
      const send = (hostkey: string, userId: string): Promise<void> =>
        agent.publish({
          exchange: 'ips',
          routingKey: 'ips',
          body: encodeReport('force', reportOf(hostkey, 'web'), stampAt(new Date())),
          contentType: 'text/json',
          persistent: true,
          userId,
        });
      await send(KEY, KEY);
      await until(() => w.host(KEY), 'registered');
      await until(() => ear.sets().length > 0 && ear.rulesets().length > 0, 'sets and rules');

      // Nobody else's. Each on a connection of its own: a refusal closes the channel.
      const denied = async (what: string, act: (connection: BrokerConnection) => Promise<unknown>): Promise<void> => {
        const connection = await connect(urlOf(KEY));
        await expect(act(connection), what).rejects.toMatchObject({
          // A publish may learn only that its channel is closed.
          code: expect.stringMatching(/^(access|closed)$/) as string,
        });
      };
      for (const [exchange, routingKey] of [
        ['iptables', '*.*.db.*'],
        ['ipsets', 'fanout'],
        ['config', 'victim-key-1'],
        ['file_transfer', '*.*.*.victim-key-1'],
        ['', 'iptables.victim-key-1'],
        ['ips', 'other'],
      ] as const)
        await denied(`publish to ${exchange} ${routingKey}`, (connection) =>
          connection.publish({
            exchange,
            routingKey,
            body: Buffer.from('x'),
            contentType: 'text/json',
            persistent: true,
          }),
        );
      for (const queue of AGENT_QUEUES) {
        const name = `${queue}.victim-key-1`;
        await denied(`bind ${name}`, (connection) => connection.bindQueue(name, 'ipsets', 'fanout'));
        await denied(`unbind ${name}`, (connection) => connection.unbindQueue(name, 'ipsets', 'fanout'));
        await denied(`delete ${name}`, (connection) => connection.deleteQueue(name));
        await denied(`read ${name}`, (connection) => connection.consume(name, { prefetch: 1 }, () => undefined));
      }
      for (const exchange of ['iptables', 'file_transfer'])
        for (const key of ['#', '*.*.db.*', '*.*.*.victim-key-1', '*.*.*.*'])
          await denied(`listen to ${exchange} ${key}`, (connection) =>
            connection.bindQueue(`iptables.${KEY}`, exchange, key),
          );
      await denied('a queue of its own invention', (connection) =>
        connection.declareQueue({ name: 'mine', durable: false, autoDelete: true, exclusive: false }),
      );

      const bodies: string[] = [];
      const { messageCount } = (await admin.inspectQueue('iptables.victim-key-1')) ?? { messageCount: 0 };
      await admin.consume('iptables.victim-key-1', { prefetch: 0 }, (delivery) => {
        bodies.push(Buffer.from(delivery.body).toString('latin1'));
        delivery.ack();
      });
      await until(() => bodies.length >= messageCount, 'all that lay in the queue of the other host');
      expect(bodies.filter((body) => body === 'x')).toEqual([]);

      // Another's hostkey: with its own name it is refused by the server, with the other's by RabbitMQ.
      await send('victim-key-1', KEY);
      await until(async () => {
        const list = (await w.api('GET', '/api/V2/hosts/refused')).json as unknown as { hostkey: string }[];
        return list.some(({ hostkey }) => hostkey === 'victim-key-1');
      }, 'refused');
      await expect(send('victim-key-1', 'victim-key-1')).rejects.toThrow();
      expect(w.host('victim-key-1')).toBeUndefined();
    });
  });
}

const rabbit = await startRabbit();
if ('unavailable' in rabbit) {
  it.skip(`RabbitMQ: the least rights of an agent (${rabbit.unavailable})`, () => undefined);
} else {
  afterAll(() => rabbit.close());
  suite(rabbit);
}
