import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Broker, BrokerConnection, Delivery } from '../../../src/broker/broker.js';
import { createMemoryBroker } from '../../../src/broker/memory/memory-broker.js';
import { crash } from '../../../src/otp/index.js';
import type { Store } from '../../../src/store/store.js';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { report, reportOf, startWholeServer, until } from '../../support/whole-server.js';

/** The same object, with some of its members replaced. */
function instead<T extends object>(whole: T, members: Partial<T>): T {
  return new Proxy(whole, {
    get(target, key) {
      const member: unknown = Reflect.get(key in members ? members : target, key);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

/** A broker that counts a message as handled once it is sent, as with automatic acknowledgement. */
function acksAtOnce(broker: Broker): Broker {
  return instead(broker, {
    async connect(signal) {
      const connection = await broker.connect(signal);
      return instead<BrokerConnection>(connection, {
        consume: (queue, options, handler) =>
          connection.consume(queue, options, (delivery) => {
            delivery.ack();
            handler(instead<Delivery>(delivery, { ack: () => undefined, reject: () => undefined }));
          }),
      });
    },
  });
}

const HOSTS = 20;

/** Reports come in while the store does not answer, and the server dies; gives how many hosts its successor knows. */
async function knownAfterDeath(as: (broker: Broker) => Broker): Promise<number> {
  const broker = createMemoryBroker();
  const data = temporaryDirectory();
  const real = await createSqliteStore({ path: join(data, 'dog_trainer.db') });
  let asked = 0;
  const store = instead<Store>(real, {
    commit: (changes, how) => {
      if (!changes.some(({ table }) => table === 'host')) return real.commit(changes, how);
      asked++;
      return new Promise(() => undefined);
    },
  });
  const first = await startWholeServer({ broker: as(broker), data, store });
  const agents = await broker.connect();
  for (let n = 0; n < HOSTS; n++) await report(agents, 'force', reportOf(`host-with-key-${n}`, 'web'));
  await until(() => asked === HOSTS, 'every report is at the store');
  broker.fail('the server has died');
  crash(first.server.state.system, first.server.root);
  await first.server.ended;
  broker.recover();

  const second = await startWholeServer({ broker, data });
  const marker = await broker.connect();
  onTestFinished(() => marker.close());
  // Behind all the others in the queue.
  await report(marker, 'force', reportOf('the-last-hostkey', 'web'));
  await until(() => second.host('the-last-hostkey'), 'the last report is handled');
  const inspected = await until(async () => {
    const queue = await marker.inspectQueue('ips');
    return queue?.messageCount === 0 ? queue : undefined;
  }, 'the queue is empty');
  expect(inspected.messageCount).toBe(0);
  await second.stop();
  const store2 = await createSqliteStore({ path: join(data, 'dog_trainer.db') });
  const known = (await store2.list('host')).length;
  await store2.close();
  return known - 1;
}

it('trial 1 for reports, acknowledged before they are stored: they die with the server', async () => {
  expect(await knownAfterDeath((broker) => broker)).toBe(HOSTS);
  const known = await knownAfterDeath(acksAtOnce);
  expect(known).toBe(0);
  process.stdout.write(`protection off, reports: ${HOSTS - known} of ${HOSTS} lost when acknowledged before stored\n`);
});
