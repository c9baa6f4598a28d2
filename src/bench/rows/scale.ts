import { setTimeout as sleep } from 'node:timers/promises';
import { createAmqpBroker } from '../../broker/amqp/amqp-broker.js';
import type { Broker } from '../../broker/broker.js';
import type { Bench, Stage } from '../bench.js';
import { timed } from '../by-turns.js';
import { httpClient, type HttpClient } from '../peers/http-client.js';
import type { PrivateRabbit } from '../peers/private-rabbit.js';
import { startServerProcess, type ServerProcess } from '../peers/server-process.js';
import { median, percentile, type Row } from '../row.js';
import { openAgentQueues } from '../scale/agent-queues.js';
import { agentsReports, type AgentsReports } from '../scale/agents-reports.js';
import { brokerMemoryMb, connectionMemoryKb } from '../scale/broker-memory.js';
import { editRules, seedPolicy, type BaseRuleset } from '../scale/base-policy.js';
import { loopLag } from '../scale/loop-lag.js';

/** An agent reports that it is alive once a minute. */
const REPORT_SECONDS = 60;
const [AGENTS, BIG_GROUP, GROUPS] = [100_000, 10_000, 100];
const STEADY_SECONDS = 30;

/** What a fleet ten times as large as the defaults allow needs; docs/scale.md explains it. Takes several minutes. */
export const SCALE: Bench = {
  name: 'scale',
  title: 'A fleet of 100,000 agents on one server, with RabbitMQ and the load on the same machine',
  long: 'six minutes',
  async run(stage) {
    const rabbit = await stage.rabbit();
    const broker = createAmqpBroker({ urls: [rabbit.url] });
    const server = await startServerProcess({
      dist: stage.dist,
      data: await stage.directory(),
      set: [
        'broker.kind=amqp',
        `broker.url=${rabbit.url}`,
        'intake.registrations_per_minute=10000000',
        'intake.hosts_max=200000',
        'intake.hosts_max_bytes=1000000000',
        'repair=false',
      ],
    });
    const client = httpClient(server.api);
    try {
      return await measured(stage, { server, client, broker, rabbit });
    } finally {
      client.close();
      await server.kill();
    }
  },
};

/** Who takes part. */
interface Parts {
  readonly server: ServerProcess;
  readonly client: HttpClient;
  readonly broker: Broker;
  readonly rabbit: PrivateRabbit;
}

async function measured(stage: Stage, parts: Parts): Promise<Row[]> {
  const { server, client, broker, rabbit } = parts;
  const [agents, bigGroup] = [stage.scaled(AGENTS), stage.scaled(BIG_GROUP)];
  // First, while nothing else is on its way.
  const connectionKb = await connectionMemoryKb(rabbit, broker);
  const policy = await seedPolicy(client, GROUPS);
  const connection = await broker.connect();
  const reports = await agentsReports(
    connection,
    (index) => `group${index < bigGroup ? 0 : 1 + (index % (GROUPS - 1))}`,
  );
  stage.say(`${agents} agents register`);
  const registered = await cost(server, async () => {
    await reports.send('force', 0, agents);
    await reports.taken();
  });
  stage.say(`${agents} agents report, each once a minute`);
  const steady = await steadyReports(parts, reports, agents, stage.scaled(STEADY_SECONDS));
  stage.say(`the ruleset of a group of ${bigGroup} hosts is edited`);
  const published = await publishToGroup(parts, reports, policy, bigGroup);
  await connection.close();
  const row = (name: string, unit: Row['unit'], ...work: number[]): Row => ({ name, unit, work });
  return [
    row(`${agents} agents registered`, 'per second', agents / (registered.ms / 1000)),
    row('processor time of one registration', 'ms', registered.cpuMs / agents),
    row('memory afterwards', 'MB', registered.rssMb),
    row('reports, each agent one a minute', 'per second', steady.reports / steady.seconds),
    row('processor time of one report', 'ms', steady.cpuMs / steady.reports),
    row('processor time of the server in a second of reports', 'ms', steady.cpuMs / steady.seconds),
    row('reports waiting at RabbitMQ, after each second', 'count', ...steady.waiting),
    row('event-loop lag meanwhile, p99 of 2 s', 'ms', ...steady.lagP99),
    row('list of all groups meanwhile', 'ms', ...steady.getMs),
    row('memory meanwhile', 'MB', steady.rssMb),
    row(`an edit to a group of ${bigGroup} hosts, to the first of their queues`, 'ms', published.firstMs),
    row('to the median of their queues', 'ms', published.medianMs),
    row('to the last of their queues', 'ms', published.lastMs),
    row('processor time of the server for it', 'ms', published.cpuMs),
    row('kB of RabbitMQ for the queue of an agent, its bindings and its consumer', 'count', published.queueKb),
    row('kB of RabbitMQ for a connection', 'count', connectionKb),
  ];
}

/** Sends each host's report at its own moment of the minute, in slices of a second, and looks at the server meanwhile. */
async function steadyReports({ server, client }: Parts, reports: AgentsReports, agents: number, seconds: number) {
  const perSecond = Math.ceil(agents / REPORT_SECONDS);
  const [waiting, getMs, lagP99]: [number[], number[], number[]] = [[], [], []];
  await loopLag(server.metrics);
  const cpuBefore = server.cpuMs();
  const began = performance.now();
  for (let second = 0; second < seconds; second += 1) {
    const from = (second * perSecond) % agents;
    await reports.send('keepalive', from, Math.min(agents, from + perSecond));
    waiting.push(await reports.waiting());
    getMs.push(await timed(() => client.ask('GET', '/api/V2/group/all')));
    if (second % 2 === 1) lagP99.push((await loopLag(server.metrics)).p99);
    await sleep(Math.max(0, began + (second + 1) * 1000 - performance.now()));
  }
  await reports.taken();
  return {
    cpuMs: server.cpuMs() - cpuBefore,
    seconds: (performance.now() - began) / 1000,
    reports: perSecond * seconds,
    waiting,
    getMs,
    lagP99,
    rssMb: server.rssMb(),
  };
}

async function publishToGroup(
  { server, client, broker, rabbit }: Parts,
  reports: AgentsReports,
  ruleset: BaseRuleset,
  hosts: number,
) {
  const brokerBefore = await brokerMemoryMb(rabbit);
  const queues = await openAgentQueues(broker, 'group0', hosts);
  const brokerAfter = await brokerMemoryMb(rabbit);
  try {
    // Nothing is published while no agent is heard, and the queues took a while.
    await reports.send('keepalive', 0, 100);
    await reports.taken();
    const cpuBefore = server.cpuMs();
    const began = performance.now();
    await editRules(client, ruleset, 'edited');
    while (queues.arrivals.size < hosts) await sleep(5);
    const after = [...queues.arrivals.values()].map((at) => at - began);
    return {
      firstMs: Math.min(...after),
      medianMs: median(after),
      lastMs: percentile(after, 100),
      cpuMs: server.cpuMs() - cpuBefore,
      queueKb: ((brokerAfter - brokerBefore) * 1000) / hosts,
    };
  } finally {
    await queues.close();
  }
}

async function cost(server: ServerProcess, work: () => Promise<void>) {
  const cpuBefore = server.cpuMs();
  const ms = await timed(work);
  return { ms, cpuMs: server.cpuMs() - cpuBefore, rssMb: server.rssMb() };
}
