import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DebianRoot } from './debian-root.js';

const SCRIPT = `#!/bin/sh
echo "$*" >>/run/systemctl-was-asked
case "$*" in *is-enabled*) echo enabled ;; esac
`;

/**
 * Runs a program in a root as if systemd ran there with the service enabled and active. `asked`: what systemctl was asked
 * to do, in order, without the questions.
 */
export function underSystemd(debian: DebianRoot, ...command: readonly string[]) {
  const { at } = debian;
  const policy = join(at, 'usr/sbin/policy-rc.d');
  const told = join(at, 'run/systemctl-was-asked');
  mkdirSync(join(at, 'run/systemd/system'), { recursive: true });
  mkdirSync(join(at, 'run/stand-in'), { recursive: true });
  writeFileSync(join(at, 'run/stand-in/systemctl'), SCRIPT, { mode: 0o755 });
  renameSync(policy, `${policy}.kept`);
  try {
    const done = debian.run('env', 'PATH=/run/stand-in:/usr/sbin:/usr/bin:/sbin:/bin', ...command);
    const asked = existsSync(told) ? readFileSync(told, 'utf8').split('\n') : [];
    return { ...done, asked: asked.filter((line) => line !== '' && !/is-enabled|is-active|--version/.test(line)) };
  } finally {
    renameSync(`${policy}.kept`, policy);
    for (const name of ['systemd/system', 'stand-in', 'systemctl-was-asked'])
      rmSync(join(at, 'run', name), { recursive: true, force: true });
  }
}
