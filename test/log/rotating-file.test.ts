import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RotatingFile } from '../../src/log/rotating-file.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const quiet = { size: 1_000_000, keep: 3, onTrouble: () => undefined };
const lines = (path: string) => readFileSync(path, 'utf8').split('\n').slice(0, -1);

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
    const troubles: string[] = [];
    const file = new RotatingFile(join(directory, 'x.log'), { ...quiet, onTrouble: (text) => troubles.push(text) });
    for (let i = 0; i < 3; i++) {
      file.write('lost\n');
      await file.flush();
    }
    expect(troubles).toEqual([expect.stringMatching(/x\.log cannot be written, lines are dropped: .*ENOENT/)]);
    mkdirSync(directory);
    file.write('here again\n');
    await file.close();
    expect(troubles).toHaveLength(2);
    const [first, second] = lines(join(directory, 'x.log'));
    expect(first).toBe('here again');
    expect(JSON.parse(second ?? '')).toMatchObject({ dropped: 3, msg: 'log lines were dropped here' });
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
    const troubles: string[] = [];
    const path = join(mount, 'x.log');
    const file = new RotatingFile(path, { ...quiet, onTrouble: (text) => troubles.push(text) });
    const filler = join(mount, 'filler');
    file.write('before\n');
    await file.flush();
    try {
      writeFileSync(filler, Buffer.alloc(128 * 1024));
    } catch {
      // The disk is full now, as wanted.
    }
    for (let i = 0; i < 100; i++) file.write(`${'x'.repeat(1000)}\n`);
    await file.flush();
    expect(troubles[0]).toContain('ENOSPC');
    rmSync(filler);
    file.write('after\n');
    await file.close();
    const text = readFileSync(path, 'utf8');
    expect(text.startsWith('before\n')).toBe(true);
    expect(text).toContain('after\n');
    expect(text).toMatch(/"dropped":\d+/);
  });
});
