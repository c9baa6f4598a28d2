import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import { freePorts } from '../../src/bench/peers/free-ports.js';

const START_LIMIT_MS = 60_000;

/** A RethinkDB for tests: a private one, or the one that RETHINKDB_URL names (which cannot be killed). */
export interface RethinkServer {
  readonly host: string;
  readonly port: number;
  /** A connection beside the store's, to look and meddle. The caller closes it. */
  connect(db: string): Promise<Connection>;
  /** Starts it again after `kill`, on the same port with the same data. */
  start(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP: the sockets stay open, nothing answers. Resolves when all its threads have stopped. */
  pause(): Promise<void>;
  resume(): void;
  /** Kills what is left and removes the directory. */
  close(): Promise<void>;
}

/** Why there is no RethinkDB to kill and freeze here; undefined if there is one. */
export const noOwnRethink: string | undefined =
  spawnSync('rethinkdb', ['--version']).status === 0 ? undefined : 'no rethinkdb binary is on the PATH';

/** Why there is no RethinkDB at all; undefined if there is one. */
export const noRethink: string | undefined =
  noOwnRethink === undefined || process.env['RETHINKDB_URL'] !== undefined
    ? undefined
    : `${noOwnRethink} and RETHINKDB_URL is not set`;

/** The server of RETHINKDB_URL (rethinkdb://host:port) if that is set, else a private one. */
export async function startRethink(): Promise<RethinkServer> {
  const url = process.env['RETHINKDB_URL'];
  if (url === undefined) return startOwnRethink();
  const { hostname: host, port } = new URL(url);
  const never = () => {
    throw new Error('the server of RETHINKDB_URL is not ours to stop');
  };
  const at = { host, port: Number(port || 28_015) };
  return {
    ...at,
    connect: (db) => r.connect({ ...at, db, silent: true }),
    start: never,
    kill: never,
    pause: never,
    resume: never,
    close: () => Promise.resolve(),
  };
}

export interface OwnRethinkOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Files; with them it takes no connection without TLS. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** Starts a private RethinkDB on ports of 127.0.0.1. */
export async function startOwnRethink({ port: wanted, tls }: OwnRethinkOptions = {}): Promise<RethinkServer> {
  const directory = await mkdtemp(join(tmpdir(), 'dog-rethink-'));
  const [free = 0, cluster = 0] = await freePorts(2);
  const port = wanted ?? free;
  const at = { host: '127.0.0.1', port };
  let child: ChildProcess | undefined;

  const connect = (db: string) =>
    tls === undefined
      ? r.connect({ ...at, db, silent: true })
      : r.connect({ server: { ...at, tls: true, ca: readFileSync(tls.ca) }, db, silent: true });

  async function start(): Promise<void> {
    const args = [
      '--directory',
      join(directory, 'data'),
      '--bind',
      '127.0.0.1',
      '--no-http-admin',
      '--no-update-check',
    ];
    const ports = ['--driver-port', String(port), '--cluster-port', String(cluster), '--cache-size', '256'];
    const secure = tls === undefined ? [] : ['--driver-tls-cert', tls.cert, '--driver-tls-key', tls.key];
    child = spawn('rethinkdb', [...args, ...ports, ...secure], { stdio: ['ignore', 'ignore', 'inherit'] });
    const started = child;
    const limit = Date.now() + START_LIMIT_MS;
    for (;;) {
      if (started.exitCode !== null) throw new Error(`rethinkdb ended with ${started.exitCode}`);
      try {
        await (await connect('rethinkdb')).close();
        return;
      } catch (error) {
        if (Date.now() > limit) throw error;
        await sleep(50);
      }
    }
  }

  async function kill(): Promise<void> {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('close', resolve));
    running.kill('SIGKILL');
    await ended;
  }

  async function pause(): Promise<void> {
    if (child?.pid === undefined) throw new Error('no rethinkdb is running that could be paused');
    child.kill('SIGSTOP');
    const tasks = `/proc/${child.pid}/task`;
    const stopped = (task: string) => /\) T [^)]*$/.test(readFileSync(join(tasks, task, 'stat'), 'utf8'));
    while (!readdirSync(tasks).every(stopped)) await sleep(5);
  }

  await start();
  return {
    ...at,
    connect,
    start,
    kill,
    pause,
    resume: () => void child?.kill('SIGCONT'),
    async close() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
