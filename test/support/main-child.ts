import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from './on-test-finished.js';

/** `dog-trainer` in a process of its own. */
export interface MainChild {
  readonly process: ChildProcess;
  /** What it has printed so far. */
  readonly out: string;
  readonly err: string;
  /** Resolves with the exit code, or the signal's name, when it has ended. */
  readonly ended: Promise<number | string>;
}

function path(relative: string) {
  return fileURLToPath(new URL(relative, import.meta.url));
}

/**
 * How Node runs the program: as built, if the build is newer than all sources, else (slower) from the sources. `inModules`: not
 * the few files that the modules are put into, where none can be replaced.
 */
export function program(inModules = false): readonly string[] {
  isBuilt ??= findBuild();
  if (!isBuilt) return ['--import', path('./register-typescript.mjs'), path('../../src/main.ts')];
  return [path(inModules ? '../../dist/run.js' : '../../dist/main.js')];
}

let isBuilt: boolean | undefined;

function findBuild(): boolean {
  const built = path('../../dist/main.js');
  const sources = readdirSync(path('../../src'), { recursive: true, encoding: 'utf8' }).map((name) =>
    join(path('../../src'), name),
  );
  const age = (file: string) => statSync(file).mtimeMs;
  return existsSync(built) && sources.every((file) => age(file) <= age(built));
}

/**
 * Runs the program; killed when the test ends, if it still runs. `umask`: three octal digits; default: the test's own.
 * `uid`: as whom, where the test is root's.
 */
export function runMain(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  umask?: string,
  uid?: number,
): MainChild {
  const child = spawnMain(args, environment, umask, uid);
  onTestFinished(async () => {
    child.process.kill('SIGKILL');
    await child.ended;
  });
  return child;
}

/** Runs the program; the caller sees to its end. */
export function spawnMain(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  umask?: string,
  uid?: number,
): MainChild {
  // What is loaded before it changes modules.
  const command = [process.execPath, ...program(environment['NODE_OPTIONS']?.includes('--import')), ...args];
  const [file = '', ...rest] =
    umask === undefined ? command : ['/bin/sh', '-c', 'umask "$0" && exec "$@"', umask, ...command];
  const child = spawn(file, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  return {
    process: child,
    ended,
    get out() {
      return out;
    },
    get err() {
      return err;
    },
  };
}
