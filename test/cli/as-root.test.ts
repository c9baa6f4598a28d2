import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runMain } from '../support/main-child.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

/** A user of the service that this machine need not know. */
const SERVICE = 64_123;

const unusable = whyNot();
if (unusable !== undefined) process.stderr.write(`skipped: commands of root: ${unusable}\n`);

function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return 'the tests do not run as root';
  const user = { uid: SERVICE, gid: SERVICE };
  const reads = spawnSync('test', ['-r', 'src/main.ts'], user).status === 0;
  const starts = spawnSync(process.execPath, ['-e', ''], { ...user, cwd: process.cwd() }).status === 0;
  return reads && starts ? undefined : 'another user cannot run this tree';
}

/** A data directory of the service in a place that others may pass. */
function serviceDirectory() {
  const root = temporaryDirectory();
  chmodSync(root, 0o755);
  const data = join(root, 'data');
  mkdirSync(data, { mode: 0o700 });
  chownSync(data, SERVICE, SERVICE);
  return { root, data };
}

/** Every file below that is not the service's. */
function others(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const { uid, gid } = statSync(join(directory, name));
    return uid !== SERVICE || gid !== SERVICE;
  });
}

async function done(args: readonly string[], uid?: number): Promise<string> {
  const child = runMain(args, {}, undefined, uid);
  expect(await child.ended, `${args.join(' ')}: ${child.err}`).toBe(0);
  return child.out;
}

describe.runIf(unusable === undefined)('a command of root, in the directory of the service', () => {
  it('makes files that the service can open', { timeout: 120_000 }, async () => {
    const { root, data } = serviceDirectory();
    await done(['token', 'create', 'ops', '--scope', 'read', '--data', data]);
    expect(readdirSync(data)).toContain('dog_trainer.db');
    expect(others(data)).toEqual([]);
    expect(await done(['token', 'list', '--data', data], SERVICE)).toMatch(/^ops\t/);
    // What it writes elsewhere stays root's.
    const policy = join(root, 'policy.json');
    await done(['export', policy, '--data', data]);
    expect(statSync(policy).uid).toBe(0);
    await done(['import', policy, '--data', data]);
    expect(others(data)).toEqual([]);
    const backup = join(root, 'backup.db');
    await done(['backup', backup, '--data', data]);
    expect([others(data), statSync(backup).uid]).toEqual([[], 0]);
    // Nobody but root can read it, and root restores it into a store that is the service's.
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    await done(['restore', backup, '--data', data]);
    expect(others(data)).toEqual([]);
    expect(await done(['token', 'list', '--data', data], SERVICE)).toMatch(/^ops\t/);
  });

  it('follows no link that the service has put there', { timeout: 120_000 }, async () => {
    const { root, data } = serviceDirectory();
    const secret = join(root, 'secret');
    writeFileSync(secret, 'of root', { mode: 0o600 });
    symlinkSync(secret, join(data, 'dog_trainer.db.owner'));
    const child = runMain(['token', 'create', 'ops', '--scope', 'read', '--data', data]);
    expect(await child.ended).toBe(1);
    expect(statSync(secret)).toMatchObject({ uid: 0, size: 'of root'.length });
  });
});
