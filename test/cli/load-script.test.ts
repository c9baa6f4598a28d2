import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keptCode, scriptsIn } from '../../src/load-script.js';

const NAME = 'main-a.js';

interface Os {
  readonly EOL: string;
}

/** A part that says one word; all words are equally long, as V8 looks at nothing else of a text. */
function part(word: string): string {
  return `(function (module, require, __later, __url) { 'use strict';\nmodule.exports = { said: '${word}' };\n})`;
}

describe('code that was kept of a script', () => {
  const directory = mkdtempSync(join(tmpdir(), 'dog-code-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const file = join(directory, NAME);
  const said = () => scriptsIn(`${directory}/`)(`./${NAME}`)['said'];

  /** As `script/keep-code.mjs`: the code of what ran. */
  function keep(text: string): Buffer {
    const script = new Script(text, { filename: file });
    (script.runInThisContext() as (module: object) => void)({});
    return keptCode(Buffer.from(text), script.createCachedData());
  }

  it('is a script that loads others, modules and packages', async () => {
    writeFileSync(
      file,
      `(function (module, require, __later, __url) { module.exports = {
        script: __later('./main-b.js'), module: __later('node:os'), required: require('node:os'), url: __url } })`,
    );
    writeFileSync(join(directory, 'main-b.js'), part('one'));
    const loaded = scriptsIn(`${directory}/`)(`./${NAME}`);
    expect(await loaded['script']).toEqual({ said: 'one' });
    expect(((await loaded['module']) as Os).EOL).toBe('\n');
    expect((loaded['required'] as Os).EOL).toBe('\n');
    expect(loaded['url']).toBe(pathToFileURL(file).href);
  });

  it('would be run by V8 in place of another text of its length', () => {
    const cachedData = keep(part('old')).subarray(8);
    const script = new Script(part('new'), { filename: file, cachedData });
    const module: { exports?: unknown } = {};
    (script.runInThisContext() as (module: object) => void)(module);
    expect([script.cachedDataRejected, module.exports]).toEqual([false, { said: 'old' }]);
  });

  it('never changes what a script does, whatever became of the script and of the code', () => {
    const word = fc.constantFrom('one', 'two', 'six', 'ten');
    const step = fc.oneof(
      fc.record({ write: word }),
      fc.record({ keep: fc.constant(true) }),
      fc.record({ flip: fc.nat(), by: fc.integer({ min: 1, max: 255 }) }),
      fc.record({ cut: fc.nat() }),
      fc.record({ drop: fc.constant(true) }),
    );
    fc.assert(
      fc.property(word, fc.array(step, { maxLength: 12 }), (first, steps) => {
        let now = first;
        let code = keep(part(now));
        for (const one of steps) {
          if ('write' in one) now = one.write;
          if ('keep' in one) code = keep(part(now));
          if ('flip' in one && code.length > 0) code[one.flip % code.length]! ^= one.by;
          if ('cut' in one) code = code.subarray(0, one.cut % (code.length + 1));
          writeFileSync(file, part(now));
          if ('drop' in one) rmSync(`${file}.code`, { force: true });
          else writeFileSync(`${file}.code`, code);
          expect(said()).toBe(now);
        }
      }),
    );
  });
});

describe('the built program', () => {
  const root = mkdtempSync(join(tmpdir(), 'dog-kept-'));
  const dist = join(root, 'dist');
  beforeAll(() => {
    mkdirSync(dist);
    for (const name of ['config', 'node_modules', 'package.json']) symlinkSync(resolve(name), join(root, name));
    execFileSync('node', ['script/bundle.mjs', dist]);
    execFileSync('node', ['script/keep-code.mjs', dist]);
  });
  afterAll(() => rmSync(root, { recursive: true }));

  function help(flags: readonly string[] = []): { readonly out: string; readonly notes: string } {
    const notes = join(root, 'notes');
    const out = execFileSync(
      'sh',
      ['-c', 'notes=$1; shift; exec "$@" 2>"$notes"', 'sh', notes, 'node', ...flags, join(dist, 'main.js'), '--help'],
      { encoding: 'utf8', env: { ...process.env, NODE_DEBUG: 'dog-trainer' }, cwd: '/' },
    );
    return { out, notes: readFileSync(notes, 'utf8') };
  }

  it('says the same with the code that was kept, where V8 refuses it, and without', () => {
    const kept = help();
    expect(kept.out).toContain('Usage: dog-trainer');
    expect(kept.notes).toBe('');
    const refused = help(['--no-flush-bytecode']);
    expect(refused.notes).toContain('no use for the code');
    const code = readdirSync(dist).filter((name) => name.endsWith('.code'));
    expect(code.length).toBeGreaterThan(5);
    for (const name of code) rmSync(join(dist, name));
    const without = help();
    expect(without.notes).toContain('no code was kept');
    expect([refused.out, without.out]).toEqual([kept.out, kept.out]);
  });
});
