// Puts the program into few files: dist/main.js and, beside it, what that loads when it is needed. A program of many small
// modules spends most of its start on finding and reading them. The modules that tsc made stay for tests, benches and threads.
//   node script/bundle.mjs [DIST]      after tsc; default: dist
import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, SourceMap } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { build, transformSync } from 'esbuild';
import { asEntry, asScript } from './bundle/as-script.mjs';

const SRC = resolve('src');
const DIST = resolve(process.argv[2] ?? 'dist');

/** They hold machine code, or are large and seldom needed: they stay where npm puts them. */
const IN_NODE_MODULES = ['better-sqlite3', 'better-sqlite3-node20', 'rethinkdb-ts', 'nodemailer', '@aws-sdk/*'];

/**
 * The parts that are loaded when they are needed, each with the one before and with all that the command line itself is made
 * of, so that there is one file for each and not one for whatever two of them share.
 */
const PARTS = { config: undefined, server: 'config', rethinkdb: 'server', commands: 'server' };

const COMMAND_LINE = [`${SRC}/cli/program.ts`, `${SRC}/log/journal.ts`];

/** The list of media types, as JSON: one text is read at once, where an object of 2,500 parts is compiled part by part. */
const MEDIA_TYPES = /\/mime-db\/db\.json$/;

/** What it loads at once is for commands that are programs of their own, of which there are none: a tenth of `--help`. */
const COMMANDER = /\/commander\/lib\/command\.js$/;
const CHILD_PROCESS = "const childProcess = require('node:child_process');";

const READ_AHEAD = `${SRC}/config/defaults-read-ahead.ts`;

const LATER = /\bawait import\('(\.[^']+)'\)/g;

const sourceOf = (importer, specifier) => resolve(dirname(importer), specifier.replace(/\.js$/, '.ts'));
const builtFrom = (source) => `./${relative(SRC, source).replace(/\.ts$/, '.js')}`;
const nameIn = (source) => relative(SRC, source).replace(/\W/g, '_');

/** Which part a module means by `import()`; undefined: the benches, which are in none. */
function partOf(importer, source) {
  if (source.startsWith(`${SRC}/bench/`)) return undefined;
  if (source.startsWith(`${SRC}/store/rethinkdb/`)) return 'rethinkdb';
  if (source === `${SRC}/config/load.ts`) return 'config';
  return [importer, source].includes(`${SRC}/cli/serve.ts`) ? 'server' : 'commands';
}

/** Those that load parts. */
const loading = ['cli', 'server/opening']
  .flatMap((room) => readdirSync(`${SRC}/${room}`, { recursive: true }).map((name) => `${SRC}/${room}/${name}`))
  .filter((file) => file.endsWith('.ts'));

/** What stands in a part: each module as a whole, by `nameIn`. */
function contentsOf(part) {
  const sources = new Set();
  for (const importer of loading) {
    for (const [, specifier] of readFileSync(importer, 'utf8').matchAll(LATER)) {
      const source = sourceOf(importer, specifier);
      if (partOf(importer, source) === part) sources.add(source);
    }
  }
  const before = PARTS[part] === undefined ? COMMAND_LINE : [`part:${PARTS[part]}`];
  return [
    ...before.map((one) => `import '${one}';`),
    ...[...sources].map((one) => `export * as ${nameIn(one)} from '${one}';`),
  ].join('\n');
}

/**
 * The text of a module where it stands now: it finds files by where tsc put it, and what it loads later in a part. The library
 * that reads YAML, seventy files, comes along and is still begun only when it is asked for.
 */
function moved(importer, text) {
  const here = text
    .replace("createRequire(import.meta.url)('yaml')", "require('yaml')")
    .replaceAll('import.meta.url', `new URL('${builtFrom(importer)}', import.meta.url).href`);
  if (!loading.includes(importer)) return here;
  return here.replace(LATER, (_all, specifier) => {
    const source = sourceOf(importer, specifier);
    const part = partOf(importer, source);
    if (part === undefined) return `await import('built:${builtFrom(source)}')`;
    return `await import('part:${part}').then((part) => part.${nameIn(source)})`;
  });
}

const inParts = {
  name: 'parts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^part:/ }, ({ path }) => ({ path: path.slice('part:'.length), namespace: 'part' }));
    onResolve({ filter: /^built:/ }, ({ path }) => ({ path: path.slice('built:'.length), external: true }));
    onLoad({ filter: /./, namespace: 'part' }, ({ path }) => ({ contents: contentsOf(path), resolveDir: SRC }));
    onLoad({ filter: MEDIA_TYPES }, ({ path }) => ({
      contents: `module.exports = JSON.parse(${JSON.stringify(readFileSync(path, 'utf8'))});`,
    }));
    onLoad({ filter: COMMANDER }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes(CHILD_PROCESS)) throw new Error(`${path}: it no longer says ${CHILD_PROCESS}`);
      const later = "const childProcess = { spawn: (...args) => require('node:child_process').spawn(...args) };";
      return { contents: text.replace(CHILD_PROCESS, later) };
    });
    onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => ({
      contents: path === READ_AHEAD ? defaults : moved(path, readFileSync(path, 'utf8')),
      loader: 'ts',
    }));
  },
};

/** The text of the module that holds what config/default.yaml says. */
async function readDefaultsAhead() {
  const { outputFiles } = await build({
    entryPoints: [`${SRC}/config/read-ahead.ts`],
    bundle: true,
    format: 'cjs',
    platform: 'node',
    plugins: [inParts],
    write: false,
  });
  const made = { exports: {} };
  new Function('module', 'require', outputFiles[0].text)(made, createRequire(import.meta.url));
  const ahead = made.exports.readAhead(readFileSync('config/default.yaml', 'utf8'));
  return `export const DEFAULTS_READ_AHEAD = ${JSON.stringify(ahead)};`;
}

const defaults = await readDefaultsAhead();
for (const name of readdirSync(DIST)) if (/^main[-.].*\.(js|json|map|code)$/.test(name)) rmSync(join(DIST, name));
const { outputFiles } = await build({
  entryPoints: { main: 'src/main.ts' },
  outdir: DIST,
  chunkNames: 'main-[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: 'external',
  legalComments: 'none',
  external: IN_NODE_MODULES,
  // Koa's own; `accepts` would bring an older one with a list of its own, and asks it for nothing that differs.
  alias: { 'mime-types': resolve('node_modules/mime-types') },
  // For modules that are CommonJS.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
  },
  plugins: [inParts],
  write: false,
});
const textOf = new Map(outputFiles.map(({ path, text }) => [path, inAscii(text)]));
for (const [path, text] of textOf) {
  if (!path.endsWith('.js')) continue;
  const module = { path, text, map: textOf.get(`${path}.map`) };
  const made = await (basename(path) === 'main.js' ? asEntry(module) : asScript(module));
  writeFileSync(path, made.text);
  writeFileSync(`${path}.lines.json`, JSON.stringify(sourceLines(path, made.text, JSON.parse(made.map))));
}
chmodSync(join(DIST, 'main.js'), 0o755);
// The same in single modules, for tests that replace one; and what script/keep-code.mjs writes by.
for (const [source, name] of [
  ['main.ts', 'run.js'],
  ['load-script.ts', 'load-script.js'],
]) {
  const { code } = transformSync(readFileSync(`src/${source}`, 'utf8'), { loader: 'ts', format: 'esm' });
  writeFileSync(join(DIST, name), code);
}

/**
 * One sign beyond ASCII makes V8 hold a whole file with two bytes a sign, and Node reads it slowly. esbuild leaves such signs in
 * comments and regular expressions, where this is the same.
 */
function inAscii(text) {
  return text.replace(/[^\x00-\x7f]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Which lines are from where, for src/log/name-sources.ts: a run goes on as long as the next line is the source's next. What only
 * joins files of the program is from nowhere.
 */
function sourceLines(path, text, map) {
  const [found, runs, sources] = [new SourceMap(map), [], new Map()];
  let expected = '';
  for (const [index, line] of text.split('\n').entries()) {
    const { originalSource, originalLine } = found.findEntry(index, line.search(/\S|$/));
    if (originalSource === undefined || originalSource.startsWith(DIST)) continue;
    if (!sources.has(originalSource)) sources.set(originalSource, sources.size);
    const source = sources.get(originalSource);
    if (expected !== `${source}:${originalLine}:${index}`) runs.push(index + 1, source, originalLine + 1);
    expected = `${source}:${originalLine + 1}:${index + 1}`;
  }
  return { sources: [...sources.keys()].map((name) => relative('.', resolve(dirname(path), name))), runs };
}
