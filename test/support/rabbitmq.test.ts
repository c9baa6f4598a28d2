import { createConnection } from 'node:net';
import { expect, it } from 'vitest';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

const rabbit = await startRabbit();
if ('unavailable' in rabbit) {
  it.skip(`a private RabbitMQ (${rabbit.unavailable})`, () => undefined);
} else {
  it('starts, answers, is killed, comes back with its data, and leaves nothing behind', async () => {
    expect(await rabbit.ctl('list_vhosts', '--no-table-headers')).toBe('dog\n');
    await rabbit.ctl('eval', 'persistent_term:put(dog, 1).');
    await rabbit.memoryAlarm(true);
    expect(await rabbit.ctl('eval', 'rabbit_alarm:get_alarms().')).toContain('memory');
    await rabbit.memoryAlarm(false);
    expect(await rabbit.ctl('eval', 'rabbit_alarm:get_alarms().')).toBe('[]\n');
    await rabbit.kill();
    expect(await canConnect(rabbit.port)).toBe(false);
    await rabbit.start();
    expect(await canConnect(rabbit.port)).toBe(true);
    await rabbit.close();
    expect(await canConnect(rabbit.port)).toBe(false);
  }, 120_000);
}
