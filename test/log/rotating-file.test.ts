import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RotatingFile } from '../../src/log/rotating-file.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const quiet = { size: 1_000_000, keep: 3, onTrouble: () => undefined };
function lines(path: string) {
  return readFileSync(path, 'utf8').split('\n').slice(0, -1);
}

describe('a rotating file', () => {
  it('keeps every line, in order, over its rotations', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.string({ maxLength: 60 }), fc.constant('flush')), { maxLength: 80 }),
        fc.integer({ min: 30, max: 400 }),
        async (texts, size) => {
          const path = join(temporaryDirectory(), 'x.log');
          const file = new RotatingFile(path, { size, keep: 1000, onTrouble: () => undefined });
          const wanted: string[] = [];
          for (const text of texts) {
            const line = JSON.stringify(text);
            wanted.push(line);
            file.write(`${line}\n`);
            if (text === 'flush') await file.flush();
          }
          await file.close();
          const aged = readdirSync(join(path, '..'))
            .filter((name) => name !== 'x.log')
            .sort((a, b) => Number(b.split('.').at(-1)) - Number(a.split('.').at(-1)))
            .map((name) => join(path, '..', name));
          const got = [...aged, ...(existsSync(path) ? [path] : [])].flatMap(lines);
          expect(got).toEqual(wanted);
          for (const name of aged) expect(readFileSync(name).length).toBeLessThanOrEqual(Math.max(size, 500));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('keeps no more old files than it was told', async () => {
    const path = join(temporaryDirectory(), 'x.log');
    const file = new RotatingFile(path, { ...quiet, size: 20, keep: 2 });
    for (let i = 0; i < 10; i++) file.write(`line ${i} 1234567890\n`);
    await file.close();
    expect(readdirSync(join(path, '..')).sort()).toEqual(['x.log', 'x.log.1', 'x.log.2']);
    expect(lines(path)).toEqual(['line 9 1234567890']);
    expect(lines(`${path}.2`)).toEqual(['line 7 1234567890']);
  });

  it('goes on in a file of an earlier run', async () => {
    const path = join(temporaryDirectory(), 'x.log');
    writeFileSync(path, 'earlier\n');
    const file = new RotatingFile(path, quiet);
    file.write('later\n');
    await file.close();
    expect(lines(path)).toEqual(['earlier', 'later']);
  });

  it('loses nothing when somebody moves the file away and asks for a new one', async () => {
    const path = join(temporaryDirectory(), 'x.log');
    const file = new RotatingFile(path, quiet);
    file.write('one\n');
    await file.flush();
    renameSync(path, `${path}.moved`);
    file.write('two\n');
    await file.flush();
    file.reopen();
    file.write('three\n');
    await file.close();
    expect([lines(`${path}.moved`), lines(path)]).toEqual([['one', 'two'], ['three']]);
  });

  it('writes what waits at once when the process ends', () => {
    const path = join(temporaryDirectory(), 'x.log');
    const file = new RotatingFile(path, quiet);
    file.write('last words\n');
    file.flushSync();
    expect(lines(path)).toEqual(['last words']);
  });

  it('drops and counts lines while its directory is gone, and says so afterwards', async () => {
    const directory = join(temporaryDirectory(), 'logs');
    const troubles: (string | undefined)[] = [];
    let instead = '';
    const file = new RotatingFile(join(directory, 'x.log'), {
      ...quiet,
      onTrouble: (text) => troubles.push(text),
      instead: (text) => (instead += text),
    });
    for (let i = 0; i < 3; i++) {
      file.write(`not here ${i}\n`);
      await file.flush();
    }
    await file.check();
    expect(troubles).toEqual([expect.stringMatching(/x\.log cannot be written: .*ENOENT/)]);
    expect(instead).toBe('not here 0\nnot here 1\nnot here 2\n');
    mkdirSync(directory);
    file.write('here again\n');
    await file.close();
    expect(troubles.slice(1)).toEqual([undefined]);
    const [first, second, ...rest] = lines(join(directory, 'x.log'));
    expect(JSON.parse(first ?? '')).toMatchObject({ dropped: 3, msg: 'log lines were dropped here' });
    expect([second, rest]).toEqual(['here again', []]);
  });

  it('finds out by itself, without a line, that it can be written again', async () => {
    const directory = join(temporaryDirectory(), 'logs');
    const troubles: (string | undefined)[] = [];
    const file = new RotatingFile(join(directory, 'x.log'), { ...quiet, onTrouble: (text) => troubles.push(text) });
    await file.check();
    expect(troubles).toEqual([expect.stringContaining('ENOENT')]);
    file.write('lost\n');
    await file.check();
    mkdirSync(directory);
    await file.check();
    expect(troubles.slice(1)).toEqual([undefined]);
    expect(lines(join(directory, 'x.log')).map((line) => JSON.parse(line) as object)).toMatchObject([{ dropped: 1 }]);
    await file.check();
    expect(lines(join(directory, 'x.log'))).toHaveLength(1);
    await file.close();
  });

  it('does not write to a file that was deleted: it makes it anew, or fails where its directory is gone too', async () => {
    const directory = join(temporaryDirectory(), 'logs');
    mkdirSync(directory);
    const path = join(directory, 'x.log');
    const troubles: (string | undefined)[] = [];
    const file = new RotatingFile(path, { ...quiet, onTrouble: (text) => troubles.push(text) });
    file.write('one\n');
    await file.flush();
    rmSync(path);
    file.write('two\n');
    await file.flush();
    expect(lines(path)).toEqual(['two']);
    rmSync(directory, { recursive: true });
    await file.check();
    expect(troubles).toEqual([expect.stringContaining('ENOENT')]);
    await file.close();
  });

  it('finds out that its directory was moved away', async () => {
    const directory = join(temporaryDirectory(), 'logs');
    mkdirSync(directory);
    const troubles: (string | undefined)[] = [];
    const file = new RotatingFile(join(directory, 'x.log'), { ...quiet, onTrouble: (text) => troubles.push(text) });
    file.write('one\n');
    await file.flush();
    renameSync(directory, `${directory}.moved`);
    await file.check();
    expect(troubles).toEqual([expect.stringContaining('ENOENT')]);
    await file.close();
  });

  it('survives a full disk and goes on when there is space (a real tmpfs)', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('only root can mount a small file system');
    const mount = temporaryDirectory();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', mount], { stdio: 'pipe' });
    } catch (error) {
      skip(`mount is not allowed here: ${(error as Error).message}`);
    }
    onTestFinished(() => void execFileSync('umount', ['-l', mount]));
    const troubles: (string | undefined)[] = [];
    const path = join(mount, 'x.log');
    let instead = '';
    const file = new RotatingFile(path, {
      ...quiet,
      onTrouble: (text) => troubles.push(text),
      instead: (text) => (instead += text),
    });
    const filler = join(mount, 'filler');
    file.write('before\n');
    await file.flush();
    try {
      writeFileSync(filler, Buffer.alloc(128 * 1024));
    } catch {
      // The disk is full now, as wanted.
    }
    for (let i = 0; i < 100; i++) file.write(`"${'x'.repeat(1000)}"\n`);
    await file.flush();
    expect(troubles[0]).toContain('ENOSPC');
    await file.check();
    expect(troubles).toHaveLength(1);
    const written = lines(path).length - 1;
    expect(instead.split('\n').length - 1).toBeGreaterThanOrEqual(100 - written);
    rmSync(filler);
    file.write('after\n');
    await file.close();
    const text = readFileSync(path, 'utf8');
    expect(text.startsWith('before\n')).toBe(true);
    expect(text).toContain('after\n');
    expect(text).toMatch(/^\{.*"dropped":\d+.*\}\nafter\n/m);
    expect(troubles.slice(1)).toEqual([undefined]);
  });
});
