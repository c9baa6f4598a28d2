import { Database } from '../../src/sqlite/database.js';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { makeCertificates } from '../support/certificates.js';
import { freePorts } from '../../src/bench/peers/free-ports.js';
import { runMain } from '../support/main-child.js';
import type { MainChild } from '../support/main-child.js';
import { besideOthers, onTestFinished, sideBySide } from '../support/on-test-finished.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { noTmpfs, mountTmpfs } from '../support/tmpfs.js';

const soon = { timeout: 90_000, interval: 50 };
const shared = mkdtempSync(join(tmpdir(), 'dog-check-'));
afterAll(() => rmSync(shared, { recursive: true }));
const certificates = makeCertificates(shared);
const { client, stranger, ca } = certificates;
const NOBODY = 65_534;

/** What both are run with. Default: a data directory of their own and free ports. */
interface Case {
  readonly data?: string;
  readonly set?: readonly string[];
  readonly uid?: number;
  /** Of `start` alone, to get on with it. */
  readonly args?: readonly string[];
}

function listening(child: MainChild): boolean {
  return /"msg":"listening"/.test(child.out);
}
function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
/** One's own, in which there is nothing but what the test puts there. */
function empty(): string {
  const directory = temporaryDirectory();
  chmodSync(directory, 0o755);
  return directory;
}

/** `config check` as somebody else is a process of its own; else it runs here, which spares the start of one. */
async function runCheck(args: readonly string[], uid: number | undefined) {
  if (uid === undefined) {
    const { code, err } = await runCliInProcess(args, process.env as Readonly<Record<string, string>>);
    return { code, err };
  }
  const child = runMain(args, {}, undefined, uid);
  return { code: await child.ended, err: child.err };
}

/** Runs `config check`, then `start`, with the same flags, and says how each ended: `start` may be listening. */
async function both({ data = empty(), set = [], uid, args = [] }: Case) {
  const flags = [
    '--data',
    data,
    '--set',
    'api.port=0',
    '--set',
    'metrics.port=0',
    ...set.flatMap((one) => ['--set', one]),
  ];
  const before = readdirSync(data).sort();
  const check = await runCheck(['config', 'check', ...flags, ...args], uid);
  const checked = check.code;
  expect(readdirSync(data).sort(), 'config check makes nothing').toEqual(before);
  const start = runMain(['start', ...flags, ...args], {}, undefined, uid);
  let code: number | string | undefined;
  void start.ended.then((ended) => (code = ended));
  await vi.waitFor(() => expect(listening(start) || code !== undefined, start.err).toBe(true), soon);
  const started = code ?? 'listening';
  start.process.kill('SIGTERM');
  await start.ended;
  return { checked, started, check, start };
}

/** Both refuse, with the same exit code, and the last line of each begins with the key. */
async function bothRefuse(what: Case, code: 1 | 64, says: RegExp): Promise<void> {
  const { checked, started, check, start } = await both(what);
  const all = `check: ${check.err}\nstart: ${start.err}\n${start.out}`;
  expect({ checked, started }, all).toEqual({ checked: code, started: code });
  expect(lastLine(check.err), all).toMatch(says);
  expect(lastLine(start.err), all).toMatch(says);
  if (code === 1) {
    expect(lastLine(start.err)).toMatch(/^dog-trainer: the server could not start: /);
    // The log's last line says it, too.
    const { level, msg } = JSON.parse(lastLine(start.out)) as { level: string; msg: string };
    expect(level).toBe('error');
    expect(msg).toMatch(says);
  }
  expect(start.err).not.toMatch(/\n {4}at |\{error: |failed_to_start/);
}

/** Both take it. */
async function bothPass(what: Case): Promise<{ readonly warned: string }> {
  const { checked, started, check, start } = await both(what);
  expect({ checked, started }, `${check.err}\n${start.err}\n${start.out}`).toEqual({
    checked: 0,
    started: 'listening',
  });
  return { warned: check.err };
}

const AMQPS = ['broker.kind=amqp', 'broker.url=amqps://u:p@127.0.0.1:1/dog'];
function ssl(key: string, file: string): string {
  return `broker.ssl_options.${key}=${file}`;
}

describe('config check and start agree', { timeout: 240_000 }, () => {
  it.concurrent(
    'on a configuration that is well',
    besideOthers(async () => expect(await bothPass({})).toEqual({ warned: '' })),
  );

  it.concurrent(
    'that a broker and a database which are away are no mistakes',
    besideOthers(async () => {
      const files = [ssl('cacertfile', ca), ssl('certfile', client.cert), ssl('keyfile', client.key)];
      await bothPass({ set: [...AMQPS, ...files] });
      await bothPass({
        set: ['store.kind=rethinkdb', 'store.servers=127.0.0.1:1', 'store.tls=true', `store.cacertfile=${ca}`],
      });
    }),
  );

  it.concurrent.for<[string, readonly string[], RegExp]>([
    ['a template', ['api.host=${API_HOST}'], /api\.host = .*template that nothing has filled in/],
    ['a template in a URL', ['broker.url=amqps://u:${PASSWORD}@host/dog'], /broker\.url = .*template/],
    ['a template for a password', ['smtp_password={{ password }}'], /smtp_password = .*template/],
    ['two ports in one', ['api.port=7071', 'metrics.port=7071'], /metrics\.port = 7071.*another than api\.port/],
    [
      'two ports in one, on all addresses and one',
      ['api.port=7071', 'metrics.port=7071', 'api.host=0.0.0.0', 'api.auth=tokens'],
      /metrics\.port = 7071.*another than api\.port/,
    ],
    ['a RethinkDB without a port number', ['store.servers=db1:port'], /store\.servers = "db1:port".*: must be/],
    ['a RethinkDB port that is none', ['store.servers=db1:28015,db2:99999'], /store\.servers = "db2:99999".*: must be/],
    ['a sender that is none', ['smtp_from=dog trainer'], /smtp_from = .*must be a mail address/],
    ['one log in two roles', ['log.crash_log=error.log'], /log\.crash_log = .*another file/],
  ])(
    'that it is wrong by itself: %s',
    sideBySide(([_what, set, says]) => bothRefuse({ set }, 64, says)),
  );

  it.concurrent.for<[string, () => readonly string[], RegExp]>([
    [
      'a missing certificate',
      () => [...AMQPS, ssl('certfile', '/no/a.crt'), ssl('keyfile', client.key)],
      /certfile = \/no\/a\.crt: cannot be read: ENOENT/,
    ],
    [
      'a missing authority',
      () => [...AMQPS, ssl('cacertfile', '/no/ca.crt')],
      /cacertfile = \/no\/ca\.crt: cannot be read: ENOENT/,
    ],
    [
      "another's key",
      () => [...AMQPS, ssl('certfile', client.cert), ssl('keyfile', stranger.key)],
      /broker\.ssl_options\.keyfile = .*is not the private key/,
    ],
    [
      'a key in place of an authority',
      () => [...AMQPS, ssl('cacertfile', client.key)],
      /broker\.ssl_options\.cacertfile = .*holds no certificate/,
    ],
    [
      "an authority of RethinkDB's that is none",
      () => ['store.kind=rethinkdb', 'store.servers=127.0.0.1:1', 'store.tls=true', `store.cacertfile=${client.key}`],
      /store\.cacertfile = .*holds no certificate/,
    ],
    [
      'a % in the virtual host',
      () => ['broker.kind=amqp', 'broker.url=amqp://h/a%zz'],
      /broker\.url: .*virtual host.*%25/,
    ],
    ['a % in a password', () => ['broker.kind=amqp', 'broker.url=amqp://u:50%@h/dog'], /broker\.url: .*password.*%25/],
    [
      'an address of another machine',
      () => ['api.host=192.0.2.1', 'api.auth=tokens'],
      /api\.host = 192\.0\.2\.1: this machine has no such address.*EADDRNOTAVAIL/,
    ],
    [
      'an address of another machine, for metrics',
      () => ['metrics.host=2001:db8::1'],
      /metrics\.host = 2001:db8::1: .*(EADDRNOTAVAIL|EAFNOSUPPORT|EINVAL)/,
    ],
    [
      'a name without an address',
      () => ['metrics.host=nosuch.invalid'],
      /metrics\.host = nosuch\.invalid: the name has no address/,
    ],
    ['a directory for a store', () => [`store.path=${empty()}`], /store\.path = .* is not a file/],
    [
      'a file for a directory',
      () => ['broker.kind=amqp', 'queuejournal.dir=/etc/passwd/journal'],
      /queuejournal\.dir = .*passwd.* is not a directory/,
    ],
    [
      'a file system of the kernel',
      () => ['store.path=/proc/dog/trainer.db'],
      /store\.path = .*file system of the kernel's own/,
    ],
  ])(
    'that what it names is of no use: %s',
    sideBySide(([_what, set, says]) => bothRefuse({ set: set() }, 1, says)),
  );

  it('on a port that another program has, by key, port and host', async () => {
    const [port = 0] = await freePorts(1);
    const other = createServer().listen(port, '127.0.0.1');
    onTestFinished(() => void other.close());
    await bothRefuse(
      { set: [`api.port=${port}`] },
      1,
      new RegExp(`api\\.port = ${port}: port ${port} of 127\\.0\\.0\\.1 is in use`),
    );
    await bothRefuse({ set: [`metrics.port=${port}`] }, 1, new RegExp(`metrics\\.port = ${port}: port ${port} of 127`));
  });

  it('on databases that are damaged, empty, or not ours', async () => {
    const data = empty();
    const path = join(data, 'dog_trainer.db');
    const fresh = async (): Promise<void> => {
      for (const file of readdirSync(data)) rmSync(join(data, file), { recursive: true });
      await (await createSqliteStore({ path })).close();
    };
    writeFileSync(path, 'this is no database, but it is longer than the smallest one could be. '.repeat(20));
    await bothRefuse({ data }, 1, /data_dir = .*dog_trainer\.db is damaged: file is not a database/);
    writeFileSync(path, '');
    await bothRefuse({ data }, 1, /data_dir = .*dog_trainer\.db is damaged: it has 0 bytes/);
    rmSync(path);
    const foreign = new Database(path);
    foreign.exec("CREATE TABLE sessions (id); INSERT INTO sessions VALUES ('a')");
    foreign.close();
    await bothRefuse({ data }, 1, /data_dir = .*is an SQLite database, but not one of dog-trainer/);
    await fresh();
    truncateSync(path, 8192);
    await bothRefuse({ data }, 1, /data_dir = .*dog_trainer\.db is damaged/);
    await fresh();
    await bothPass({ data });
  });

  it.skipIf(noTmpfs !== undefined)(`on a file system that is read-only (${noTmpfs ?? 'mounted here'})`, async () => {
    const data = mountTmpfs(8);
    execFileSync('mount', ['-o', 'remount,ro', data]);
    await bothRefuse({ data }, 1, /data_dir = .*read-only \(EROFS\)/);
    const { warned } = await bothPass({
      set: [`log.dir=${data}/log`, `run_dir=${data}/run`, 'log.level=info'].slice(1),
    });
    expect(warned).toMatch(/run_dir = .*read-only.*without its socket/);
  });

  it.skipIf(noTmpfs !== undefined)(`on a disk that is full (${noTmpfs ?? 'mounted here'})`, async () => {
    const data = mountTmpfs(1);
    expect(() => writeFileSync(join(data, 'filler'), Buffer.alloc(2 * 1024 * 1024))).toThrow('ENOSPC');
    await bothRefuse({ data }, 1, /data_dir = .*the disk that holds .*is full/);
  });

  it('on what stands where files of the server should', async () => {
    const data = empty();
    mkdirSync(join(data, 'server_id'));
    const set = ['store.kind=rethinkdb', 'store.servers=127.0.0.1:1'];
    await bothRefuse({ data, set }, 1, /data_dir = .*server_id is not a file/);
    mkdirSync(join(data, 'dog_trainer.db.owner'));
    await bothRefuse({ data }, 1, /data_dir = .*dog_trainer\.db\.owner is not a file/);
  });

  it('a log directory of no use is a warning, as the lines go to standard error', async () => {
    const data = empty();
    const flags = [
      '--data',
      data,
      '--set',
      'log.dir=/etc/passwd/log',
      '--set',
      'api.port=0',
      '--set',
      'metrics.port=0',
    ];
    const check = runMain(['config', 'check', ...flags]);
    expect([await check.ended, check.err]).toEqual([
      0,
      expect.stringMatching(/warning: log\.dir = .*passwd.* is not a directory/),
    ]);
    const start = runMain(['start', ...flags]);
    await vi.waitFor(() => expect(start.err).toContain('"msg":"listening"'), soon);
  });
});

describe('as another user than root', { timeout: 240_000 }, () => {
  const cannot =
    process.getuid?.() !== 0
      ? 'only root can be somebody else'
      : spawnSync(process.execPath, ['-e', ''], { uid: NOBODY, gid: NOBODY, cwd: process.cwd() }).status !== 0 ||
          spawnSync('test', ['-r', 'src/main.ts'], { uid: NOBODY, gid: NOBODY }).status !== 0
        ? 'nobody may not read the program here'
        : undefined;
  const own = (): string => {
    const directory = empty();
    chownSync(directory, NOBODY, NOBODY);
    return directory;
  };
  const run = it.skipIf(cannot !== undefined);
  const why = cannot === undefined ? '' : ` (${cannot})`;

  run(`agree on what belongs to root${why}`, async () => {
    const roots = empty();
    await bothRefuse(
      { data: roots, uid: NOBODY },
      1,
      /data_dir = .* may not be used by the user who runs this \(uid 65534\) \(EACCES\)/,
    );
    const data = own();
    mkdirSync(join(data, 'journal'), { mode: 0o755 });
    const set = ['broker.kind=amqp', `queuejournal.dir=${join(data, 'journal')}`];
    await bothRefuse({ data, set, uid: NOBODY }, 1, /queuejournal\.dir = .* may not be used by/);
    const left = own();
    writeFileSync(join(left, 'dog_trainer.db.lock'), '', { mode: 0o600 });
    await bothRefuse({ data: left, uid: NOBODY }, 1, /data_dir = .*dog_trainer\.db\.lock may not be used by/);
    const key = join(data, 'root.key');
    writeFileSync(key, 'x', { mode: 0o600 });
    const tls = [...AMQPS, ssl('certfile', join(data, 'root.crt')), ssl('keyfile', key)];
    writeFileSync(join(data, 'root.crt'), 'x', { mode: 0o644 });
    await bothRefuse({ data: own(), set: tls, uid: NOBODY }, 1, /keyfile = .*cannot be read: EACCES/);
  });

  run(`agree on a port of root's${why}`, async () => {
    const what = { data: own(), set: ['api.port=81'], uid: NOBODY };
    const { checked, started, start } = await both(what);
    // A machine may let everybody have them (net.ipv4.ip_unprivileged_port_start).
    if (checked === 0) expect(started).toBe('listening');
    else {
      expect([checked, started]).toEqual([1, 1]);
      expect(lastLine(start.err)).toMatch(/api\.port = 81: this user may not listen on port 81.*CAP_NET_BIND_SERVICE/);
    }
  });

  run(`agree that a run directory of root's is a warning${why}`, async () => {
    const { warned } = await bothPass({ data: own(), set: [`run_dir=${empty()}`], uid: NOBODY });
    expect(warned).toMatch(/warning: run_dir = .*may not be used by.*without its socket/);
  });

  run(`agree on a directory that is a link to nowhere${why}`, async () => {
    const data = own();
    symlinkSync('/root/nowhere', join(data, 'link'));
    await bothRefuse({ data, set: [`store.path=${join(data, 'link', 'x.db')}`], uid: NOBODY }, 1, /store\.path = /);
  });
});

describe('beside a server that runs', { timeout: 240_000 }, () => {
  it('its own ports and directories are a warning to check, and refused to a second start', async () => {
    const [api = 0, metrics = 0] = await freePorts(2);
    const data = empty();
    const flags = ['--data', data, '--set', `api.port=${api}`, '--set', `metrics.port=${metrics}`];
    const first = runMain(['start', ...flags]);
    await vi.waitFor(() => expect(listening(first), first.err).toBe(true), soon);
    const check = runMain(['config', 'check', ...flags]);
    expect([await check.ended, check.out], check.err).toEqual([0, 'the configuration is valid\n']);
    expect(check.err).toMatch(/warning: data_dir = .* is in use by process \d+/);
    expect(check.err).toMatch(/warning: api\.port = .* is in use .*It may be the server that runs here already/);
    const second = runMain(['start', ...flags]);
    expect(await second.ended).toBe(1);
    expect(lastLine(second.err)).toMatch(
      /^dog-trainer: the server could not start: data_dir = .* is in use by process \d+/,
    );
    // The look at its locks took none of them away.
    const third = runMain(['start', ...flags]);
    expect(await third.ended).toBe(1);
    expect(lastLine(third.err)).toMatch(/is in use by process \d+/);
  });
});
