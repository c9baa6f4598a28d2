import { afterAll, it } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { brokerSuite } from './broker-suite.js';
import { topologySuite } from './topology-suite.js';

const rabbit = await startRabbit();
if ('unavailable' in rabbit) {
  it.skip(`RabbitMQ: the broker port (${rabbit.unavailable})`, () => undefined);
} else {
  const broker = createAmqpBroker({ urls: [rabbit.url] });
  afterAll(() => rabbit.close());
  brokerSuite('RabbitMQ', () => broker);
  topologySuite('RabbitMQ', () => broker);
}
