import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type ConsumeMessage } from 'amqplib';
import { createAmqpBroker } from '../../broker/amqp/amqp-broker.js';
import type { BrokerConnection } from '../../broker/broker.js';
import type { Bench, Stage } from '../bench.js';
import { byTurns, timed } from '../by-turns.js';
import { httpClient } from '../peers/http-client.js';
import { startServerProcess, type ServerProcess } from '../peers/server-process.js';
import type { Row } from '../row.js';
import { agentsReports, type AgentsReports } from '../scale/agents-reports.js';
import { seedPolicy } from '../scale/base-policy.js';

const [HOSTS, KEEPALIVES, GROUPS, ROUNDS, PREFETCH] = [1000, 10_000, 20, 5, 100];
/** Part of what is measured: a look at `/proc` costs the server nothing, but it is exact to 10 ms only. */
const REST_MS = 25;
const FLOOR_QUEUE = 'bench_floor';

/** Reports of agents over a real RabbitMQ: each is acknowledged when what follows from it is stored. */
export const REPORTS: Bench = {
  name: 'reports',
  title: 'Reports of agents, stored and acknowledged, over RabbitMQ',
  async run(stage) {
    const rabbit = await stage.rabbit();
    const server = await startServerProcess({
      dist: stage.dist,
      data: await stage.directory(),
      set: [
        'broker.kind=amqp',
        `broker.url=${rabbit.url}`,
        'intake.registrations_per_minute=10000000',
        'intake.hosts_max=100000',
      ],
    });
    const client = httpClient(server.api);
    const connection = await createAmqpBroker({ urls: [rabbit.url] }).connect();
    try {
      await seedPolicy(client, GROUPS);
      return await measured(stage, server, connection, rabbit.url);
    } finally {
      client.close();
      await connection.close();
      await server.kill();
    }
  },
};

async function measured(
  stage: Stage,
  server: ServerProcess,
  connection: BrokerConnection,
  url: string,
): Promise<Row[]> {
  const [hosts, keepalives] = [stage.scaled(HOSTS), stage.scaled(KEEPALIVES)];
  const reports = await agentsReports(connection, (index) => `group${index % GROUPS}`);
  const cpu = { registered: [] as number[], kept: [] as number[] };
  const registered: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    stage.say(`${hosts} hosts register, ${round + 1} of ${ROUNDS}`);
    const before = server.cpuMs();
    const ms = await drained(server, reports, hosts, () => reports.send('force', round * hosts, (round + 1) * hosts));
    registered.push(hosts / (ms / 1000));
    cpu.registered.push((server.cpuMs() - before) / hosts);
  }
  const keepAlive = async (): Promise<void> => {
    for (let sent = 0; sent < keepalives; sent += hosts)
      await reports.send('keepalive', 0, Math.min(hosts, keepalives - sent));
  };
  stage.say(`${keepalives} keepalives of ${hosts} hosts, and the same to a bare consumer`);
  const rates = await byTurns(ROUNDS, {
    work: async () => {
      const before = server.cpuMs();
      const ms = await drained(server, reports, keepalives, keepAlive);
      cpu.kept.push((server.cpuMs() - before) / keepalives);
      return keepalives / (ms / 1000);
    },
    floor: async () => keepalives / ((await bareDrain(connection, url, keepalives)) / 1000),
  });
  return [
    {
      name: `${hosts} hosts registered`,
      unit: 'per second',
      work: registered,
      bound: { of: 'value', at: 'least', limit: 2000 },
    },
    { name: 'processor time of one registration', unit: 'ms', work: cpu.registered },
    {
      name: `${keepalives} keepalives of ${hosts} hosts, stored and acknowledged`,
      unit: 'per second',
      work: rates.work,
      floor: { what: `consume and acknowledge, prefetch ${PREFETCH}`, samples: rates.floor },
      bound: { of: 'ratio', at: 'least', limit: 0.8 },
    },
    { name: 'processor time of one keepalive', unit: 'ms', work: cpu.kept.slice(1) },
  ];
}

/** Milliseconds from when all reports wait, with the server stopped meanwhile, to when all are acknowledged. */
async function drained(
  server: ServerProcess,
  reports: AgentsReports,
  count: number,
  send: () => Promise<void>,
): Promise<number> {
  const handled = await handledBy(server);
  process.kill(server.pid, 'SIGSTOP');
  try {
    await send();
  } finally {
    process.kill(server.pid, 'SIGCONT');
  }
  return timed(async () => {
    while ((await reports.waiting()) > 0) await sleep(5);
    do await atRest(server);
    while ((await handledBy(server)) < handled + count);
  });
}

/** Resolves when the server has taken no processor time for so long. */
async function atRest(server: ServerProcess): Promise<void> {
  for (let last = -1; last < server.cpuMs(); await sleep(REST_MS)) last = server.cpuMs();
}

/**
 * Reports that the server has acknowledged since its start. Asked only when it is at rest: for each answer it counts all its
 * actors, which takes it as long as five registrations.
 */
async function handledBy(server: ServerProcess): Promise<number> {
  const text = await (await fetch(`${server.metrics}/metrics`)).text();
  return Number(/^dog_trainer_report_seconds_count (\d+)$/m.exec(text)?.[1] ?? 0);
}

/** Milliseconds in which a consumer that only acknowledges takes so many messages of the size of a report. */
async function bareDrain(connection: BrokerConnection, url: string, count: number): Promise<number> {
  const bare = await connect(url);
  const channel = await bare.createChannel();
  await channel.assertQueue(FLOOR_QUEUE, { durable: true, autoDelete: false });
  const body = Buffer.alloc(900, 'x');
  for (let sent = 0; sent < count; sent += 500)
    await Promise.all(
      Array.from({ length: Math.min(500, count - sent) }, () =>
        connection.publish({ exchange: '', routingKey: FLOOR_QUEUE, body, contentType: 'text/json', persistent: true }),
      ),
    );
  await channel.prefetch(PREFETCH);
  const ms = await timed(
    () =>
      new Promise<void>((resolve, reject) => {
        let left = count;
        const take = (message: ConsumeMessage | null): void => {
          if (message === null) return;
          channel.ack(message);
          if (--left === 0) resolve();
        };
        channel.consume(FLOOR_QUEUE, take).catch(reject);
      }),
  );
  await channel.deleteQueue(FLOOR_QUEUE);
  await bare.close();
  return ms;
}
