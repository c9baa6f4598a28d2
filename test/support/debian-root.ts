import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Debian 12 in a directory, of its smallest kind and with systemd's programs; nothing runs in it by itself. */
export interface DebianRoot {
  readonly at: string;
  /** Runs a program in it, as root and without a network. */
  run(...command: readonly string[]): SpawnSyncReturns<string>;
  /** Starts a program in it, as `user` and with this environment alone; the network is that of the machine. */
  start(
    user: string,
    environment: Readonly<Record<string, string>>,
    command: readonly string[],
  ): ReturnType<typeof spawn>;
  remove(): void;
}

/** Makes one with debootstrap, or says why it cannot. Unpacked from a cache after the first time. */
export async function debianRoot(): Promise<DebianRoot | string> {
  if (process.getuid?.() !== 0) return 'a Debian root is made by root alone';
  if (spawnSync('unshare', ['-m', '-n', 'true']).status !== 0) return 'namespaces are not allowed here';
  const image = await rootImage();
  if (!image.endsWith('.tar')) return image;
  const at = mkdtempSync(join(tmpdir(), 'dog-debian-'));
  const unpacked = await finished('tar', ['-xf', image, '-C', at]);
  if (unpacked.status !== 0) return `tar: ${unpacked.said}`;
  const inside = (namespaces: readonly string[], script: string, command: readonly string[]): [string, string[]] => {
    const prepare = `mount -t proc proc "$0/proc" && mount --bind /dev "$0/dev" && ${script}`;
    return ['unshare', [...namespaces, 'sh', '-c', prepare, at, ...command]];
  };
  return {
    at,
    run: (...command) => {
      const [program, args] = inside(['-m', '-n'], 'exec chroot "$0" "$@"', command);
      const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
      return spawnSync(program, args, { encoding: 'utf8', env: environment });
    },
    start: (user, environment, command) => {
      const script = `exec chroot --userspec=${user}:${user} "$0" "$@"`;
      const [program, args] = inside(['-m'], script, command);
      return spawn(program, args, { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...environment } });
    },
    remove: () => rmSync(at, { recursive: true, force: true }),
  };
}

/** Runs a program that may take minutes; the test runner must not wait for its worker meanwhile. */
export function finished(
  program: string,
  args: readonly string[],
): Promise<{ readonly status: number | null; readonly out: string; readonly said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      said += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out, said }));
  });
}

/** The tar of a fresh root, or why there is none. */
async function rootImage(): Promise<string> {
  const cache =
    process.env['DOGTRAINER_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'dog-trainer');
  const image = join(cache, 'debian-12-systemd.tar');
  if (existsSync(image)) return image;
  if (spawnSync('debootstrap', ['--version']).error !== undefined) return 'debootstrap is not installed';
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'dog-debootstrap-'));
  try {
    const flags = ['--variant=minbase', '--include=systemd', 'bookworm', join(work, 'root')];
    const made = await finished('debootstrap', flags);
    if (made.status !== 0) return `debootstrap failed: ${made.said.slice(-300)}`;
    // Nothing that comes along is started.
    writeFileSync(join(work, 'root/usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    const packed = await finished('tar', ['-cf', `${image}.new`, '-C', join(work, 'root'), '.']);
    if (packed.status !== 0) return `tar: ${packed.said}`;
    renameSync(`${image}.new`, image);
    return image;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
