import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { debianRoot, finished, type DebianRoot } from '../support/debian-root.js';
import { freePorts } from '../../src/bench/peers/free-ports.js';
import { makeNewerDebs } from '../support/newer-deb.js';
import { underSystemd } from '../support/systemctl-stand-in.js';

const soon = { timeout: 60_000 };
/** Higher than any that there will be. */
const NEXT = '999.0.0';
const RELOAD = '--system daemon-reload';
const CONFIG = '/etc/dog_trainer/dog_trainer.yaml';
const TOKEN_OF_0_1_0 = /^ {4}(dog_\S+)$/m.exec(readFileSync('test/packaging/data-0.1.0/README.md', 'utf8'))?.[1] ?? '';

// The steps of an operator, in order, in one root: a later one rests on those before it.
describe('the Debian package, in a Debian 12', { timeout: 180_000 }, () => {
  let made: DebianRoot | string = 'not made';
  let fresh: readonly string[] = [];
  const out = mkdtempSync(join(tmpdir(), 'dog-packages-'));

  beforeAll(async () => {
    made = await debianRoot();
    if (typeof made === 'string') return;
    fresh = filesIn(made);
    // script/test has just built what is to be packed.
    const built = process.env['TEST_BUILT'] === '1' ? ['--built'] : [];
    const packed = await finished('node', ['script/package.mjs', '--only', 'deb', '--fast', ...built, '--out', out]);
    if (packed.status !== 0) throw new Error(packed.said);
    copyFileSync(packed.out.trim(), join(made.at, 'dog-trainer.deb'));
    await makeNewerDebs(packed.out.trim(), [
      { version: NEXT, to: join(made.at, 'next.deb') },
      { version: `${NEXT}+1`, example: '# another example\n', to: join(made.at, 'other.deb') },
    ]);
  }, 600_000);
  afterAll(() => {
    rmSync(out, { recursive: true, force: true });
    if (typeof made !== 'string') made.remove();
  });
  const root = (skip: (why: string) => void): DebianRoot => {
    if (typeof made === 'string') {
      skip(made);
      throw new Error(made);
    }
    return made;
  };

  it('installs without a network: account, directories, configuration, unit, notices', ({ skip }) => {
    const debian = root(skip);
    expect(debian.run('dpkg', '--force-unsafe-io', '-i', '/dog-trainer.deb')).toMatchObject({ status: 0 });
    expect(debian.run('stat', '-c', '%U:%G %a', CONFIG, '/var/lib/dog_trainer', '/usr/bin/dog-trainer').stdout).toBe(
      'root:dog_trainer 640\ndog_trainer:dog_trainer 700\nroot:root 755\n',
    );
    expect(debian.run('systemctl', 'is-enabled', 'dog_trainer').stdout).toBe('enabled\n');
    expect(debian.run('dog-trainer', '--version').stdout.trim()).toBe(version());
    const doc = join(debian.at, 'usr/share/doc/dog-trainer');
    const notices = readFileSync(join(doc, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const { name, version: release } of packed(debian.at)) expect(notices).toContain(`${name} ${release} (`);
    expect(notices).toContain('Node.js 24.');
    expect(readdirSync(doc)).toEqual(expect.arrayContaining(['docs', 'examples', 'copyright', 'LICENSE']));
  });

  it('has a unit that systemd finds sound, with an exposure of at most 2.0', ({ skip }) => {
    const debian = root(skip);
    const { status, stdout, stderr } = debian.run('systemd-analyze', 'verify', 'dog_trainer.service');
    expect([status, stdout, stderr]).toEqual([0, '', '']);
    const security = debian.run(
      'systemd-analyze',
      'security',
      '--offline=true',
      '--threshold=20',
      'dog_trainer.service',
    );
    expect(security.status, security.stdout.slice(-300)).toBe(0);
    const exposure = /Overall exposure level for dog_trainer\.service: ([\d.]+)/.exec(security.stdout)?.[1];
    expect(Number(exposure)).toBeLessThanOrEqual(2);
  });

  it('finds the configuration that it installed sound, as the account of the service', ({ skip }) => {
    const debian = root(skip);
    const { status, stderr } = debian.run('runuser', '-u', 'dog_trainer', '--', 'dog-trainer', 'config', 'check');
    expect([status, stderr]).toEqual([0, expect.stringContaining(CONFIG)]);
  });

  it('starts on the data of 0.1.0, tells readiness, takes old and new tokens, and stops in order', async ({ skip }) => {
    const debian = root(skip);
    const store = join(debian.at, 'var/lib/dog_trainer/dog_trainer.db');
    writeFileSync(store, gunzipSync(readFileSync('test/packaging/data-0.1.0/dog_trainer.db.gz')), { mode: 0o600 });
    debian.run('chown', 'dog_trainer:dog_trainer', '/var/lib/dog_trainer/dog_trainer.db');
    const early = debian.run(
      'runuser',
      '-u',
      'dog_trainer',
      '--',
      'dog-trainer',
      'token',
      'create',
      'early',
      '--scope',
      'read',
    );
    expect(early).toMatchObject({ status: 0, stdout: expect.stringMatching(/^dog_/) as string });

    const service = await startService(debian);
    const names = (token: string) => groups(service.api, token);
    expect(await names(TOKEN_OF_0_1_0)).toContain('web');
    expect(await names(early.stdout.trim())).toContain('web');
    // Root's own command, at the running server.
    const late = debian.run('dog-trainer', 'token', 'create', 'late', '--scope', 'read', '--json');
    expect(late.stderr).toContain(CONFIG);
    expect(await names((JSON.parse(late.stdout) as { text: string }).text)).toContain('web');
    expect(await names('dog_no_such_token')).toBe(401);
    const host = await fetch(`${service.api}/api/V2/hosts`, { headers: { authorization: `Bearer ${TOKEN_OF_0_1_0}` } });
    expect(((await host.json()) as { name: string }[]).map(({ name }) => name)).toContain('web1');
    expect(await service.stop()).toBe(0);
    const owners = debian.run('find', '/var/lib/dog_trainer', '/var/log/dog_trainer', '!', '-user', 'dog_trainer');
    expect(owners.stdout).toBe('');
  });

  it('is upgraded while it runs: the old program works on until systemd restarts it, then the new one, on the same data', async ({
    skip,
  }) => {
    const debian = root(skip);
    const file = join(debian.at, CONFIG);
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n# ours\n`);
    const old = await startService(debian);
    // Nothing is asked: standard input is at its end, and dpkg would say so.
    const upgraded = underSystemd(debian, 'dpkg', '--force-unsafe-io', '-i', '/next.deb');
    expect(upgraded).toMatchObject({ status: 0, stderr: '' });
    expect(upgraded.asked.slice(-2)).toEqual([RELOAD, '--quiet --system restart dog_trainer.service']);
    expect(new Set(upgraded.asked.slice(0, -2))).toEqual(new Set([RELOAD]));
    expect(await groups(old.api, TOKEN_OF_0_1_0)).toContain('web');
    expect(await old.stop()).toBe(0);
    expect(debian.run('dog-trainer', '--version').stdout.trim()).toBe(NEXT);
    expect(readFileSync(file, 'utf8')).toContain('# ours');
    expect(debian.run('stat', '-c', '%U:%G %a', CONFIG).stdout).toBe('root:dog_trainer 640\n');
    const fresh = await startService(debian);
    expect(await groups(fresh.api, TOKEN_OF_0_1_0)).toContain('web');
    expect(await fresh.stop()).toBe(0);
  });

  it('asks where a version brings another example, and keeps ours with --force-confold', ({ skip }) => {
    const debian = root(skip);
    const file = join(debian.at, CONFIG);
    const asked = debian.run('dpkg', '--force-unsafe-io', '-i', '/other.deb');
    expect([asked.status, asked.stderr]).toEqual([1, expect.stringContaining('conffile prompt')]);
    expect(debian.run('dpkg', '--force-confold', '--configure', 'dog-trainer')).toMatchObject({ status: 0 });
    expect(readFileSync(file, 'utf8')).toContain('# ours');
    expect(readFileSync(`${file}.dpkg-dist`, 'utf8')).toContain('# another example');
    expect(debian.run('stat', '-c', '%U:%G %a', CONFIG).stdout).toBe('root:dog_trainer 640\n');
  });

  it('leaves data, logs and configuration when it is removed, and data alone after a purge', ({ skip }) => {
    const debian = root(skip);
    const left = () => filesIn(debian).filter((file) => !fresh.includes(file) && !/^\/[a-z-]+\.deb$/.test(file));
    const gone = underSystemd(debian, 'dpkg', '-r', 'dog-trainer');
    expect(gone).toMatchObject({ status: 0, stderr: '' });
    expect(gone.asked.slice(0, 2)).toEqual(['stop dog_trainer.service', RELOAD]);
    const removed = left().filter((file) => !/^\/var\/(lib|log)\/dog_trainer(\/|$)/.test(file));
    expect(removed).toEqual([
      '/etc/dog_trainer',
      CONFIG,
      `${CONFIG}.dpkg-dist`,
      '/etc/systemd/system/dog_trainer.service',
      '/etc/systemd/system/multi-user.target.wants/dog_trainer.service',
    ]);
    expect(debian.run('dpkg', '-P', 'dog-trainer')).toMatchObject({ status: 0 });
    const purged = left();
    expect(purged).toContain('/var/lib/dog_trainer/dog_trainer.db');
    expect(purged.filter((file) => !file.startsWith('/var/lib/dog_trainer'))).toEqual([]);
  });
});

/** Their names, or the status where it is no 200. */
async function groups(api: string, token: string): Promise<readonly string[] | number> {
  const answer = await fetch(`${api}/api/V2/groups`, { headers: { authorization: `Bearer ${token}` } });
  return answer.status === 200 ? ((await answer.json()) as { name: string }[]).map(({ name }) => name) : answer.status;
}

function version(): string {
  return (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;
}

/** The modules that were packed. */
function packed(at: string): readonly { readonly name: string; readonly version: string }[] {
  const modules = join(at, 'usr/lib/dog_trainer/node_modules');
  const names = readdirSync(modules).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
  );
  return names
    .filter((name) => !name.startsWith('.'))
    .map(
      (name) =>
        JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')) as { name: string; version: string },
    );
}

/** All paths, but for what dpkg and systemd keep of every package and of accounts. */
function filesIn({ at }: DebianRoot): readonly string[] {
  const skipped = ['./proc', './dev', './run', './tmp', './var/lib/dpkg', './var/lib/systemd', './var/log/dpkg.log'];
  const prune = skipped.flatMap((path) => ['-path', path, '-prune', '-o']);
  const accounts = ['passwd', 'group', 'shadow', 'gshadow'].flatMap((name) => ['!', '-path', `./etc/${name}*`]);
  const { stdout } = spawnSync('find', ['.', ...prune, ...accounts, '-print'], {
    cwd: at,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(1))
    .sort();
}

/** Starts what the unit says, as systemd would: its account, directories, environment and socket. */
async function startService(debian: DebianRoot) {
  const unit = readFileSync(join(debian.at, 'usr/lib/systemd/system/dog_trainer.service'), 'utf8');
  const exec = /^ExecStart=(.*)$/m.exec(unit)?.[1]?.split(' ') ?? [];
  mkdirSync(join(debian.at, 'run/dog_trainer'), { recursive: true });
  debian.run('install', '-d', '-m', '0700', '-o', 'dog_trainer', '-g', 'dog_trainer', '/run/dog_trainer');
  const socket = join(debian.at, 'run/notify');
  // That of a service which ran before.
  rmSync(socket, { force: true });
  const standIn = spawn('socat', ['-u', `UNIX-RECV:${socket},mode=0666`, 'STDOUT'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  standIn.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()));
  await vi.waitFor(() => expect(existsSync(socket) && statSync(socket).isSocket()).toBe(true), soon);
  const [api, metrics] = await freePorts(2);
  const child = debian.start(
    'dog_trainer',
    {
      NOTIFY_SOCKET: '/run/notify',
      STATE_DIRECTORY: '/var/lib/dog_trainer',
      LOGS_DIRECTORY: '/var/log/dog_trainer',
      RUNTIME_DIRECTORY: '/run/dog_trainer',
      DOG_API__PORT: String(api),
      DOG_METRICS__PORT: String(metrics),
    },
    exec,
  );
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  onTestFinished(() => {
    child.kill('SIGKILL');
    standIn.kill();
  });
  await vi.waitFor(() => expect(told, said).toMatch(/READY=1/), soon);
  return {
    api: `http://127.0.0.1:${api}`,
    stop: async () => {
      child.kill('SIGTERM');
      const code = await ended;
      await vi.waitFor(() => expect(told).toContain('STOPPING=1'), soon);
      return code;
    },
  };
}
