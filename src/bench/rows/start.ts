import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Stage } from '../bench.js';
import { byTurns, timed } from '../by-turns.js';
import { startServerProcess, type ServerProcess } from '../peers/server-process.js';
import { fleetPolicy } from '../policy/fleet-policy.js';
import { seedStore } from '../policy/seed-store.js';
import type { Row } from '../row.js';
import { quiet } from '../start/quiet.js';

const FLEET = { groups: 1000, hosts: 10_000, addresses: 100_000 };
const ROUNDS = 3;
/** What a start leaves to be done later is over by then; and so long the server at rest is looked at. */
const [SETTLE_MS, IDLE_MS] = [30_000, 20_000];
/** The broker is in the process: nothing of it is measured here, and what is sent is counted by the server. */
const SETTINGS = ['broker.kind=memory', 'publish_quiet_ms=100'];

/** How a server comes up, what it holds then, and what it costs while nothing happens. */
export const START: Bench = {
  name: 'start',
  title: 'Start, memory and rest',
  async run(stage) {
    return [...(await helpRows(stage)), ...(await emptyRows(stage)), ...(await fleetRows(stage))];
  },
};

function start(stage: Stage, data: string): Promise<ServerProcess> {
  return startServerProcess({ dist: stage.dist, data, set: SETTINGS });
}

async function helpRows(stage: Stage): Promise<Row[]> {
  const run = (args: readonly string[]) => () =>
    timed(() => once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit'));
  const samples = await byTurns(stage.scaled(5), {
    work: run([`${stage.dist}main.js`, '--help']),
    floor: run(['-e', '0']),
  });
  return [
    {
      name: '--help',
      unit: 'ms',
      work: samples.work,
      floor: { what: 'an empty program', samples: samples.floor },
      bound: { of: 'value', at: 'most', limit: 150 },
    },
  ];
}

async function emptyRows(stage: Stage): Promise<Row[]> {
  const ready: number[] = [];
  const [memory, cpu]: [number[], number[]] = [[], []];
  for (let round = 0; round < stage.scaled(ROUNDS); round += 1) {
    const server = await start(stage, await stage.directory());
    ready.push(server.startedInMs);
    await quiet(server);
    await sleep(stage.scaled(SETTLE_MS));
    const before = server.threadsCpuMs();
    const idleMs = stage.scaled(IDLE_MS);
    await sleep(idleMs);
    cpu.push((server.threadsCpuMs() - before) / (idleMs / 1000));
    memory.push(server.rssMb());
    await server.stop();
  }
  return [
    { name: 'empty store: ready', unit: 'ms', work: ready, bound: { of: 'value', at: 'most', limit: 500 } },
    { name: 'empty store, idle: memory', unit: 'MB', work: memory, bound: { of: 'value', at: 'most', limit: 80 } },
    {
      name: 'empty store, idle: processor time in a second',
      unit: 'ms',
      work: cpu,
      bound: { of: 'value', at: 'most', limit: 2 },
    },
  ];
}

async function fleetRows(stage: Stage): Promise<Row[]> {
  const size = {
    groups: stage.scaled(FLEET.groups),
    hosts: stage.scaled(FLEET.hosts),
    addresses: stage.scaled(FLEET.addresses),
  };
  const data = await stage.directory();
  await seedStore(stage.dist, data, fleetPolicy(size));
  stage.say('the fleet is compiled and published once');
  const first = await start(stage, data);
  await quiet(first);
  await first.stop();
  const [cpu, memory, sent, compiled]: [number[], number[], number[], number[]] = [[], [], [], []];
  const { work, floor } = await byTurns(stage.scaled(ROUNDS), {
    work: async () => {
      const server = await start(stage, data);
      await quiet(server);
      cpu.push(server.cpuMs());
      memory.push(server.rssMb());
      const counts = await metricsOf(server);
      sent.push(counts('iptables_publish'));
      compiled.push(counts('dog_trainer_compile_seconds_count'));
      await server.stop();
      return server.startedInMs;
    },
    floor: () => readRows(stage, data),
  });
  const what = `${size.groups} groups, ${size.hosts} hosts, ${size.addresses} addresses`;
  const most = (limit: number) => ({ of: 'value', at: 'most', limit }) as const;
  return [
    {
      name: `restart with ${what}: ready`,
      unit: 'ms',
      work,
      floor: { what: 'a program that reads the same rows', samples: floor },
      bound: most(1500),
    },
    { name: 'restart: processor time until all is quiet', unit: 'ms', work: cpu.slice(1) },
    { name: 'restart: rulesets sent', unit: 'count', work: sent.slice(1), bound: most(0) },
    { name: 'restart: rulesets compiled', unit: 'count', work: compiled.slice(1), bound: most(0) },
    { name: 'restart: memory', unit: 'MB', work: memory.slice(1), bound: most(250) },
  ];
}

/** A program of its own that reads every document and parses it, as any server that holds them must. */
async function readRows(stage: Stage, data: string): Promise<number> {
  const program = `
    const { Database } = await import(${JSON.stringify(`${stage.dist}sqlite/database.js`)});
    const rows = new Map();
    const db = new Database(${JSON.stringify(join(data, 'dog_trainer.db'))}, { readonly: true });
    for (const { id, doc } of db.prepare('SELECT id, doc FROM documents').iterate()) rows.set(id, JSON.parse(doc));`;
  return timed(() =>
    once(spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' }), 'exit'),
  );
}

/** What the server counts, by name; what it does not show is 0. */
async function metricsOf(server: ServerProcess): Promise<(name: string) => number> {
  const text = await (await fetch(`${server.metrics}/metrics`)).text();
  return (name) => Number(new RegExp(`^${name}(?:{[^}]*})? ([\\d.e+]+)`, 'm').exec(text)?.[1] ?? 0);
}
