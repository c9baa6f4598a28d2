import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BrokerError, type Broker, type BrokerConnection } from '../../src/broker/broker.js';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { report, reportOf, startWholeServer, until } from '../support/whole-server.js';

function replaced<T extends object>(target: T, members: Partial<T>): T {
  return new Proxy(target, {
    get(from, key) {
      if (key in members) return members[key as keyof T];
      const member: unknown = Reflect.get(from, key);
      return typeof member === 'function' ? (member.bind(from) as unknown) : member;
    },
  });
}

/** A broker that refuses consumers as long as `refusing()`, each time counted. */
function refusesConsumers(inner: Broker, refusing: () => boolean, tried: () => void): Broker {
  return replaced(inner, {
    connect: async (...how) => {
      const connection: BrokerConnection = await inner.connect(...how);
      return replaced(connection, {
        consume: (...what) => {
          if (!refusing()) return connection.consume(...what);
          tried();
          return Promise.reject(new BrokerError('channel', 'access', 'ACCESS_REFUSED - read access to queue'));
        },
      });
    },
  });
}

it('consumers that are refused: not ready, with the reason; one log line however often it is tried, one when all is well', async () => {
  const logs = temporaryDirectory();
  let refusing = true;
  let tries = 0;
  const broker = refusesConsumers(
    createMemoryBroker(),
    () => refusing,
    () => void (tries += 1),
  );
  const w = await startWholeServer({ broker, set: ['log.level=info', `log.dir=${logs}`] });
  await until(() => tries >= 6, 'several tries of both');
  const unready = await w.api('GET', '/readyz');
  expect(unready.status).toBe(503);
  expect(unready.json.reasons).toContain('broker: no reports come in: ACCESS_REFUSED - read access to queue');
  refusing = false;
  await until(async () => (await w.api('GET', '/readyz')).status === 200, 'ready');
  const lines = (): readonly string[] =>
    readFileSync(join(logs, 'console.log'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('consumed') || line.includes('answers to remote'))
      .map((line) => (JSON.parse(line) as { msg: string }).msg)
      .sort();
  await until(() => lines().length >= 4, 'both are well again');
  expect(lines()).toEqual([
    'answers to remote commands are received again',
    'answers to remote commands cannot be received; trying again',
    'reports are consumed again',
    'reports are not consumed; trying again',
  ]);
});

it('the queue of reports deleted under the server is declared anew, and reports come in again', async () => {
  const broker = createMemoryBroker();
  const w = await startWholeServer({ broker });
  const other = await broker.connect();
  await other.deleteQueue('ips');
  await until(async () => (await other.inspectQueue('ips'))?.consumerCount === 1, 'the queue is there again');
  await report(other, 'force', reportOf('host-after-all-1', 'web'));
  await until(() => w.host('host-after-all-1'), 'registered');
  await other.close();
});

it('publishes that are refused: not ready, with exchange and reason; said once; sent when they are taken', async () => {
  const logs = temporaryDirectory();
  let refusing = true;
  let tries = 0;
  const inner = createMemoryBroker();
  const broker = replaced(inner, {
    connect: async (...how) => {
      const connection = await inner.connect(...how);
      return replaced(connection, {
        publish: (message) => {
          if (!refusing || message.exchange !== 'ipsets') return connection.publish(message);
          tries += 1;
          return Promise.reject(new BrokerError('channel', 'access', 'ACCESS_REFUSED - write access to exchange'));
        },
      });
    },
  });
  const w = await startWholeServer({ broker, set: ['log.level=info', `log.dir=${logs}`] });
  await w.create('zone', { name: 'office', ipv4_addresses: ['192.0.2.0/24'], ipv6_addresses: [] });
  await until(() => tries >= 4, 'several tries');
  const unready = await w.api('GET', '/readyz');
  expect(unready.status).toBe(503);
  expect(unready.json.reasons).toEqual([
    'broker: refuses what goes to ipsets: ACCESS_REFUSED - write access to exchange',
  ]);
  refusing = false;
  await until(async () => (await w.api('GET', '/readyz')).status === 200, 'ready');
  const lines = (): readonly object[] =>
    readFileSync(join(logs, 'console.log'), 'utf8')
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.includes('what is published'))
      .map((line) => JSON.parse(line) as object);
  // The file has them a moment later.
  await until(() => lines().length > 1, 'both lines');
  expect(lines()).toMatchObject([
    { level: 'error', exchange: 'ipsets', reason: 'ACCESS_REFUSED - write access to exchange' },
    { level: 'info', exchange: 'ipsets', msg: 'the broker takes what is published again' },
  ]);
});
