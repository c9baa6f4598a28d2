// Keeps V8's code of the built program beside its parts, so that a start compiles little: made by running it, since V8
// compiles a function when it is called first. What it is good for, and when it is left alone: src/load-script.ts.
//   node script/keep-code.mjs [DIST]      after script/bundle.mjs, with the Node that will run the program; default: dist
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const dist = resolve(process.argv[2] ?? 'dist');
const work = mkdtempSync(join(tmpdir(), 'dog-code-'));
const SETTINGS = ['api.port=0', 'metrics.port=0', 'broker.kind=memory'].flatMap((pair) => ['--set', pair]);

try {
  // Each goes on from what those before it kept.
  await run('--help');
  await run('config', 'show', '--data', work);
  await run('start', '--data', work, ...SETTINGS);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function run(...args) {
  const hook = new URL('./bundle/keep-at-exit.mjs', import.meta.url).href;
  const child = spawn(process.execPath, ['--import', hook, join(dist, 'main.js'), ...args], {
    cwd: work,
    env: { PATH: process.env.PATH, TMPDIR: work },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [];
  child.stderr.on('data', (text) => said.push(text));
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (said.push(`${line}\n`) > 0 && line.includes('"msg":"listening"')) child.kill('SIGTERM');
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`dog-trainer ${args.join(' ')} ended with ${code}:\n${said.join('')}`);
}
