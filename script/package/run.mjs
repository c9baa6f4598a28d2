import { spawnSync } from 'node:child_process';

/** Runs a program and gives what it printed; throws with its error output where it fails. */
export function run(program, args, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  if (error) throw new Error(`${program}: ${error.message}`);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed (${status}):\n${stderr || stdout}`);
  return stdout;
}
