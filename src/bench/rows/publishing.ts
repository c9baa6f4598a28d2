import { setTimeout as sleep } from 'node:timers/promises';
import type { Document } from '../../model/document.js';
import type { Bench } from '../bench.js';
import { timed } from '../by-turns.js';
import type { HttpClient } from '../peers/http-client.js';
import { withComment } from '../policy/fleet-policy.js';
import { INTERVAL_MS, QUIET_MS, startFleet, type StartedFleet } from '../publishing/started-fleet.js';
import { percentile, type Row } from '../row.js';

const GROUPS = 1000;
const [AT_ONCE, EDITS, ONE_BY_ONE] = [200, 60, 200];
const ROUNDS = 3;
/** After the last message: one too many would come, and what the server notes of a publish is written. */
const AFTER_MS = 500;

/** What an edit costs on its way to the agents: of a service that all share, of many rulesets at once, of one. */
export const PUBLISHING: Bench = {
  name: 'publishing',
  title: `Edits, to the agents' queue: ${GROUPS} groups of 50 rules, SQLite, RabbitMQ`,
  async run(stage) {
    stage.say(`${GROUPS} groups are brought in and published`);
    const fleet = await startFleet(stage, stage.scaled(GROUPS));
    try {
      await sleep(2 * INTERVAL_MS);
      stage.say('a shared service is edited');
      const shared = await sharedService(fleet, stage.scaled(ROUNDS));
      stage.say(`${AT_ONCE} rulesets are edited at once`);
      const many = await manyAtOnce(fleet, stage.scaled(AT_ONCE), stage.scaled(ROUNDS));
      stage.say('rulesets are edited one by one');
      return [
        ...shared,
        ...many,
        ...(await idleEdits(fleet, stage.scaled(EDITS))),
        ...(await cost(fleet, stage.scaled(ONE_BY_ONE))),
      ];
    } finally {
      await fleet.close();
    }
  },
};

async function put(client: HttpClient, path: string, doc: object): Promise<void> {
  const { status, body } = await client.ask('PUT', path, doc);
  if (status >= 400) throw new Error(`PUT ${path} was answered ${status}: ${body.toString()}`);
}

function edit(client: HttpClient, ruleset: Document, comment: string): Promise<void> {
  return put(client, `/api/V2/ruleset/${ruleset.id}`, bodyOf(withComment(ruleset, comment)));
}

/** Its id is in the path. */
function bodyOf({ id: _, ...doc }: Document): object {
  return doc;
}

async function sharedService({ policy, mailbox, raw, client }: StartedFleet, rounds: number): Promise<Row[]> {
  const groups = policy.ruleset.length;
  const shared = policy.service[0] as Document;
  const [first, all, messages, floor]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let round = 0; round < rounds; round += 1) {
    mailbox.empty();
    const began = performance.now();
    const ports = [String(7000 + round)];
    await put(client, `/api/V2/service/${shared.id}`, {
      ...bodyOf(shared),
      services: [{ protocol: 'tcp', ports }],
    });
    await mailbox.hold(groups);
    await sleep(AFTER_MS);
    const { arrivals } = mailbox;
    first.push((arrivals[0]?.at ?? NaN) - began);
    all.push((arrivals[groups - 1]?.at ?? NaN) - began);
    messages.push(arrivals.length);
    floor.push(await raw.publish(arrivals.map(({ body }) => body)));
    await sleep(INTERVAL_MS);
  }
  const name = `a service that ${groups} groups share is edited`;
  return [
    {
      name: `${name}: all out`,
      unit: 'ms',
      work: all,
      floor: { what: 'raw confirms of the same bytes', samples: floor },
      bound: { of: 'value', at: 'most', limit: 1000 },
    },
    { name: `${name}: first one out`, unit: 'ms', work: first, bound: { of: 'value', at: 'most', limit: 100 } },
    { name: `${name}: messages`, unit: 'count', work: messages, bound: { of: 'value', at: 'most', limit: groups } },
  ];
}

async function manyAtOnce(fleet: StartedFleet, count: number, rounds: number): Promise<Row[]> {
  const { policy, mailbox, raw, clients } = fleet;
  const rulesets = policy.ruleset.slice(0, count);
  const [all, floor]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    mailbox.empty();
    all.push(
      await timed(async () => {
        await Promise.all(rulesets.map((ruleset) => edit(clients, ruleset, `at once ${round}`)));
        await mailbox.hold(rulesets.length);
      }),
    );
    floor.push(await raw.publish(mailbox.arrivals.map(({ body }) => body)));
    await sleep(INTERVAL_MS + AFTER_MS);
  }
  return [
    {
      name: `${count} rulesets edited at once, 16 connections: all out`,
      unit: 'ms',
      work: all,
      floor: { what: 'raw confirms of the same bytes', samples: floor },
      bound: { of: 'value', at: 'most', limit: 800 },
    },
  ];
}

/** One after the other, each when the one before has come to rest; the floor is taken between them. */
async function idleEdits({ policy, mailbox, raw, client }: StartedFleet, count: number): Promise<Row[]> {
  const [work, floor]: [number[], number[]] = [[], []];
  for (const ruleset of policy.ruleset.slice(-count)) {
    mailbox.empty();
    const began = performance.now();
    await edit(client, ruleset, 'idle');
    await mailbox.hold(1);
    const [message] = mailbox.arrivals;
    if (message === undefined) throw new Error('no message came');
    work.push(message.at - began - QUIET_MS);
    await sleep(QUIET_MS);
    floor.push((await timed(() => client.ask('GET', '/api/healthcheck'))) + (await raw.publish([message.body])));
  }
  const what = 'one HTTP round trip and one confirmed publish';
  return [
    {
      name: "an edit over HTTP to the agents' queue, idle, quiet time taken off",
      unit: 'ms',
      work,
      floor: { what, samples: floor },
      bound: { of: 'ratio', at: 'most', limit: 3 },
    },
    {
      name: 'the same, p99',
      unit: 'ms',
      work: [percentile(work, 99)],
      floor: { what, samples: [percentile(floor, 99)] },
      bound: { of: 'ratio', at: 'most', limit: 5 },
    },
  ];
}

async function cost({ policy, mailbox, server, client }: StartedFleet, count: number): Promise<Row[]> {
  const rulesets = policy.ruleset.slice(0, count);
  const work: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    mailbox.empty();
    await sleep(2 * INTERVAL_MS);
    const before = server.cpuMs();
    for (const ruleset of rulesets) await edit(client, ruleset, `one by one ${round}`);
    await mailbox.hold(rulesets.length);
    await sleep(AFTER_MS);
    work.push((server.cpuMs() - before) / rulesets.length);
  }
  return [
    {
      name: 'processor time of the whole server per edit over HTTP',
      unit: 'ms',
      work,
      bound: { of: 'value', at: 'most', limit: 5 },
    },
  ];
}
