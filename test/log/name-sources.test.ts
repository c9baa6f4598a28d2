import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { nameSources } from '../../src/log/name-sources.js';

/** The stack of what a module of `directory` throws when it is loaded. */
async function stackOf(directory: string, file: string): Promise<string> {
  const before: unknown = Reflect.get(Error, 'prepareStackTrace');
  onTestFinished(() => void Reflect.set(Error, 'prepareStackTrace', before));
  nameSources(pathToFileURL(`${directory}/`));
  const path = join(directory, file);
  return import(/* @vite-ignore */ pathToFileURL(path).href).then(
    () => 'nothing was thrown',
    (error: unknown) => (error as Error).stack ?? '',
  );
}

describe('names of sources in stacks', () => {
  const directory = mkdtempSync(join(tmpdir(), 'dog-lines-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const put = (file: string, text: string) => writeFileSync(join(directory, file), text);

  it('says file and line of the source', async () => {
    put('main-a.js', '//\n\nfunction early() {\n  throw new TypeError("no good");\n}\n\nearly();\n');
    put('main-a.js.lines.json', '{"sources":["src/x.ts","src/y.ts"],"runs":[2,0,11,7,1,40]}');
    const stack = await stackOf(directory, 'main-a.js');
    expect(stack.split('\n').slice(0, 3)).toEqual([
      'TypeError: no good',
      '    at early (src/x.ts:13)',
      '    at src/y.ts:40',
    ]);
  });

  it('leaves a line that is from nowhere, and a file of which nothing is known', async () => {
    put('main-b.js', 'throw new Error("one");\n');
    put('main-b.js.lines.json', '{"sources":["src/x.ts"],"runs":[2,0,11]}');
    expect(await stackOf(directory, 'main-b.js')).toContain(`${directory}/main-b.js:1:`);
    put('main-c.js', 'throw new Error("two");\n');
    expect(await stackOf(directory, 'main-c.js')).toContain(`${directory}/main-c.js:1:`);
    put('main-d.js', 'throw new Error("three");\n');
    put('main-d.js.lines.json', '{"sour');
    expect(await stackOf(directory, 'main-d.js')).toContain(`${directory}/main-d.js:1:`);
  });
});

describe('the program in few files', () => {
  const root = mkdtempSync(join(tmpdir(), 'dog-files-'));
  const dist = join(root, 'dist');
  beforeAll(() => {
    mkdirSync(dist);
    for (const name of ['config', 'node_modules', 'package.json']) symlinkSync(resolve(name), join(root, name));
    execFileSync('node', ['script/bundle.mjs', dist]);
  });
  afterAll(() => rmSync(root, { recursive: true }));
  const run = (...args: readonly string[]) =>
    execFileSync('node', [join(dist, 'main.js'), ...args], { encoding: 'utf8' });

  it('finds its files: the version, the default configuration', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(run('--version')).toBe(`${version}\n`);
    expect(run('config', 'show', '--data', root)).toContain('api:');
  });

  it('has few files, and knows of each line of ours where it is from', () => {
    const files = readdirSync(dist).filter((name) => /^main[-.].*js$/.test(name));
    expect(files.length).toBeLessThan(20);
    const wrong: string[] = [];
    let checked = 0;
    for (const file of files) {
      const { sources, runs } = JSON.parse(readFileSync(join(dist, `${file}.lines.json`), 'utf8')) as {
        sources: readonly string[];
        runs: readonly number[];
      };
      const lines = readFileSync(join(dist, file), 'utf8').split('\n');
      for (let at = 0; at < runs.length; at += 3) {
        const [first, source, there] = runs.slice(at, at + 3) as [number, number, number];
        const name = /^(?:async )?(?:function\*?|class) ([A-Za-z]+)\b/.exec(lines[first - 1] ?? '')?.[1];
        const path = sources[source] ?? '';
        if (name === undefined || !path.startsWith('src/')) continue;
        checked += 1;
        const line = readFileSync(path, 'utf8').split('\n')[there - 1] ?? '';
        if (!line.includes(name)) wrong.push(`${file}:${first} ${name} is not in ${path}:${there}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(500);
  });
});
