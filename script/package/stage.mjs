import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fetchNode } from './node-program.mjs';
import { thirdPartyNotices } from './notices.mjs';
import { run } from './run.mjs';

/** What the npm package has: package.json's list, and what npm always takes. */
const SOURCES = ['config', 'docs', 'examples', 'packaging', 'package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];

/** What of the repository goes to share/doc/dog-trainer; whatever is for people to read or copy. */
const DOCUMENTS = ['README.md', 'CHANGELOG.md', 'LICENSE', 'docs', 'examples'];
const EXAMPLES = ['certificates', 'container', 'monitoring', 'nginx', 'rabbitmq', 'dog_trainer.yaml', 'README.md'];

/**
 * The built program with what belongs to it; `dist` of the working tree is left alone. With `built` it is taken instead of
 * building again, as whoever asks has just made it. @returns the directory
 */
export function stageSource(source, { built }) {
  for (const name of SOURCES) if (exists(name)) copy(name, join(source, name));
  if (built) copy('dist', join(source, 'dist'));
  else {
    run('npx', ['--no-install', 'tsc', '-p', 'tsconfig.build.json', '--outDir', join(source, 'dist')]);
    run('node', ['script/bundle.mjs', join(source, 'dist')]);
  }
  return source;
}

/**
 * Lays out the program under a prefix: bin/dog-trainer, lib/dog_trainer (Node, dist, modules, configuration) and
 * share/doc/dog-trainer (documents, notices, examples). `source` is of `stageSource`.
 */
export function stagePrefix({ source, prefix, platform }) {
  const lib = join(prefix, 'lib/dog_trainer');
  const doc = join(prefix, 'share/doc/dog-trainer');
  copy('packaging/bin/dog-trainer', join(prefix, 'bin/dog-trainer'));
  for (const name of ['dist', 'config', 'package.json']) copy(join(source, name), join(lib, name));
  stageModules(lib, platform);
  const node = fetchNode(platform);
  copy(node.program, join(lib, 'bin/node'));
  run(join(lib, 'bin/node'), ['script/keep-code.mjs', join(lib, 'dist')]);
  for (const name of DOCUMENTS) if (exists(name)) copy(name, join(doc, name));
  for (const name of EXAMPLES) {
    const from = join('packaging', name);
    if (exists(from)) copy(from, join(doc, 'examples', name));
  }
  copy('packaging/systemd/dog_trainer.service', join(doc, 'examples/dog_trainer.service'));
  writeFileSync(join(doc, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(join(lib, 'node_modules'), node));
  plainModes(prefix);
}

/** The modules that the server needs, as package-lock.json names them, for this platform alone. */
function stageModules(lib, platform) {
  // Beside what it becomes: eleven thousand files are renamed there, not copied.
  const work = mkdtempSync(join(dirname(lib), '.modules-'));
  try {
    for (const name of ['package.json', 'package-lock.json']) copy(name, join(work, name));
    // The optional one is better-sqlite3 for older Nodes than the one that comes along.
    const omit = ['--omit=dev', '--omit=optional'];
    run('npm', ['ci', ...omit, '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: work });
    renameSync(join(work, 'node_modules'), join(lib, 'node_modules'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  rmSync(join(lib, 'node_modules/.package-lock.json'), { force: true });
  const prebuilds = join(lib, 'node_modules/better-sqlite3/prebuilds');
  for (const name of readdirSync(prebuilds)) if (name !== `${platform}.node`) rmSync(join(prebuilds, name));
  if (readdirSync(prebuilds).length !== 1) throw new Error(`better-sqlite3 brings no module for ${platform}`);
  for (const name of ['deps', 'src'])
    rmSync(join(lib, 'node_modules/better-sqlite3', name), { recursive: true, force: true });
}

/** Files are 0644, programs and directories 0755, whatever the umask of who packs. */
function plainModes(directory) {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) plainModes(path);
    else if (entry.isFile()) chmodSync(path, isProgram(path) ? 0o755 : 0o644);
  }
}

function isProgram(path) {
  if (path.endsWith('/bin/node')) return true;
  return /\/(bin|examples)\//.test(path) && readFileSync(path).subarray(0, 2).toString() === '#!';
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
}

function exists(path) {
  return readdirSync(dirname(path)).includes(path.split('/').at(-1));
}
