import { afterAll, describe, expect, it } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { runCases } from '../support/run-cases.js';
import { startWholeServer } from '../support/whole-server.js';

const rabbit = await startRabbit();
if ('unavailable' in rabbit) {
  it.skip(`RabbitMQ: the black-box cases (${rabbit.unavailable})`, () => undefined);
} else {
  afterAll(() => rabbit.close());
  describe('RabbitMQ: the black-box cases, on the whole server', () => {
    it.each(['visible.json', 'v1.json', 'more.json'])('%s all pass', async (cases) => {
      const w = await startWholeServer({ broker: createAmqpBroker({ urls: [rabbit.url] }) });
      const { code, output } = await runCases(cases, w.server.listening.api);
      expect(output).toMatch(/^\d+ passed, 0 failed$/m);
      expect(code).toBe(0);
    });
  });
}
