import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { client, type Client } from './api-client.js';
import { freePorts } from '../../src/bench/peers/free-ports.js';
import { spawnMain, type MainChild } from './main-child.js';
import { startRabbit, type PrivateRabbit } from '../../src/bench/peers/private-rabbit.js';
import { noOwnRethink, startOwnRethink, type RethinkServer } from './rethinkdb.js';
import { QUICK, until } from './whole-server.js';

/** One line of a server's log. `time` is epoch milliseconds. */
export interface LogLine {
  readonly time: number;
  readonly level: string;
  readonly msg: string;
  readonly term?: number;
  readonly holder?: string;
  readonly [field: string]: unknown;
}

/** One of several servers: a process of its own, on the same ports and data directory whenever it is started. */
export interface Member {
  readonly name: string;
  readonly url: string;
  readonly metrics: string;
  readonly data: string;
  readonly api: Client;
  /** The process that runs now or ran last. */
  readonly child: MainChild;
  /** Starts it (again), with what is special in this run; resolves when its API listens. */
  start(run?: MemberRun): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | string>;
  /** SIGKILL. */
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Its log over all its runs, oldest first. */
  lines(): readonly LogLine[];
  /** What `/readyz` says. */
  ready(): Promise<{ readonly ready: boolean; readonly reasons: readonly string[] }>;
}

/** What is special in one run of a member. */
export interface MemberRun {
  /** `key=value`, on top of all others. */
  readonly set?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** The beginning of somebody's lead: a line `leading`. `from` is epoch milliseconds. */
export interface Reign {
  readonly name: string;
  readonly holder: string;
  readonly term: number;
  readonly from: number;
}

/** Several servers on one RethinkDB and one RabbitMQ, all private to the test. */
export interface Cluster {
  readonly rethink: RethinkServer;
  readonly rabbit: PrivateRabbit;
  readonly members: readonly Member[];
  /** The member whose `/readyz` says that it leads and is ready, once there is one. `butNot` was the leader before. */
  leader(butNot?: Member): Promise<Member>;
  /** All lines `leading` of all members, by time. */
  reigns(): readonly Reign[];
  close(): Promise<void>;
}

export interface ClusterOptions {
  readonly servers: number;
  /** Default 6. */
  readonly leaseSeconds?: number;
  /** `broker.heartbeat`; default 2. */
  readonly heartbeatSeconds?: number;
  /** `key=value` for all servers, on top of `QUICK`. */
  readonly set?: readonly string[];
  /** A user of RabbitMQ for each server, named as the server is, so that the broker can tell who sent a message. */
  readonly users?: true;
}

/** Waits of these tests: processes start on a machine that may be busy. */
export const PATIENT = { timeout: 60_000, interval: 50 } as const;

/** Why there can be no cluster here; undefined: as far as can be seen, there can. */
export const noCluster = noOwnRethink;

/** Starts RethinkDB and RabbitMQ, and prepares the servers; none is started yet. Or says why it can't. */
export async function startCluster(options: ClusterOptions): Promise<Cluster | { readonly unavailable: string }> {
  if (noOwnRethink !== undefined) return { unavailable: noOwnRethink };
  const [rabbit, rethink] = await Promise.all([startRabbit(), startOwnRethink()]);
  if ('unavailable' in rabbit) {
    await rethink.close();
    return rabbit;
  }
  const directory = await mkdtemp(join(tmpdir(), 'dog-cluster-'));
  const ports = await freePorts(options.servers * 2);
  const set = [
    ...QUICK,
    'store.kind=rethinkdb',
    `store.servers=${rethink.host}:${rethink.port}`,
    'rethink_squash_sec=0.1',
    'broker.kind=amqp',
    `broker.url=${rabbit.url}`,
    `broker.heartbeat=${options.heartbeatSeconds ?? 2}`,
    `cluster.lease_seconds=${options.leaseSeconds ?? 6}`,
    ...(options.set ?? []),
  ];
  const names = Array.from({ length: options.servers }, (_, index) => `s${index + 1}`);
  if (options.users === true) await Promise.all(names.map((name) => addUser(rabbit, name)));
  const members = names.map((name, index) => {
    const own = options.users === true ? [`broker.url=amqp://${name}:${name}@${rabbit.host}:${rabbit.port}/dog`] : [];
    return member(name, join(directory, name), ports.slice(2 * index, 2 * index + 2), [...set, ...own]);
  });
  return {
    rethink,
    rabbit,
    members,
    leader: (butNot) =>
      until(
        async () => {
          for (const each of members) {
            if (each === butNot) continue;
            const { ready, reasons } = await each.ready().catch(() => ({ ready: false, reasons: [] }));
            if (ready && reasons.some((reason) => reason.startsWith('leading'))) return each;
          }
          return undefined;
        },
        'a leader',
        PATIENT,
      ),
    reigns: () =>
      members
        .flatMap((each) =>
          each
            .lines()
            .flatMap(({ msg, term, holder, time }) =>
              msg === 'leading' && term !== undefined && holder !== undefined
                ? [{ name: each.name, holder, term, from: time }]
                : [],
            ),
        )
        .sort((a, b) => a.from - b.from),
    async close() {
      await Promise.all(members.map((each) => each.kill()));
      await Promise.all([rethink.close(), rabbit.close()]);
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function addUser(rabbit: PrivateRabbit, name: string): Promise<void> {
  await rabbit.ctl('add_user', name, name);
  await rabbit.ctl('set_permissions', '-p', rabbit.vhost, name, '.*', '.*', '.*');
}

function member(
  name: string,
  data: string,
  [port = 0, metricsPort = 0]: readonly number[],
  set: readonly string[],
): Member {
  const flags = [...set, `api.port=${port}`, `metrics.port=${metricsPort}`, `cluster.name=${name}`];
  const runs: MainChild[] = [];
  const running = (): MainChild => {
    const last = runs.at(-1);
    if (last === undefined) throw new Error(`${name} was not started yet`);
    return last;
  };
  const url = `http://127.0.0.1:${port}`;
  const api = client(url);
  return {
    name,
    url,
    metrics: `http://127.0.0.1:${metricsPort}`,
    data,
    api,
    get child() {
      return running();
    },
    async start(run = {}) {
      const all = [...flags, ...(run.set ?? [])];
      const child = spawnMain(['start', '--data', data, ...all.flatMap((each) => ['--set', each])], run.environment);
      runs.push(child);
      await until(
        () => {
          if (child.process.exitCode !== null) throw new Error(`${name} ended: ${child.err}`);
          return child.out.includes('"msg":"listening"');
        },
        `${name} listens`,
        PATIENT,
      );
    },
    stop() {
      running().process.kill('SIGTERM');
      return running().ended;
    },
    async kill() {
      runs.at(-1)?.process.kill('SIGKILL');
      await runs.at(-1)?.ended;
    },
    freeze: () => void running().process.kill('SIGSTOP'),
    thaw: () => void running().process.kill('SIGCONT'),
    lines: () => runs.flatMap(({ out }) => linesOf(out)),
    async ready() {
      const { json } = await api('GET', '/readyz');
      return json as unknown as { ready: boolean; reasons: readonly string[] };
    },
  };
}

/** The last line may not be whole yet. */
function linesOf(out: string): readonly LogLine[] {
  return out
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'))
    .map((line) => {
      const parsed = JSON.parse(line) as Record<string, unknown>;
      return { ...parsed, time: Date.parse(String(parsed['time'])) } as LogLine;
    });
}
