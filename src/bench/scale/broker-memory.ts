import type { Broker } from '../../broker/broker.js';
import type { PrivateRabbit } from '../peers/private-rabbit.js';

const CONNECTIONS = 200;

/** What RabbitMQ has allocated now, in MB. */
export async function brokerMemoryMb(rabbit: PrivateRabbit): Promise<number> {
  // Garbage of what was done before is not what connections and queues need.
  await rabbit.ctl('eval', '[garbage_collect(P) || P <- processes()], ok.');
  return Number((await rabbit.ctl('eval', 'erlang:memory(total).')).trim()) / 1e6;
}

/** What RabbitMQ needs for one connection of an agent without queues, in kB. */
export async function connectionMemoryKb(rabbit: PrivateRabbit, broker: Broker): Promise<number> {
  const before = await brokerMemoryMb(rabbit);
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => broker.connect()));
  const after = await brokerMemoryMb(rabbit);
  await Promise.all(connections.map((connection) => connection.close()));
  return ((after - before) * 1000) / CONNECTIONS;
}
