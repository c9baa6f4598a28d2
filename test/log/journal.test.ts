import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.js';

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

interface Run {
  /** `log.dir`. */
  readonly dir: string | undefined;
  /** Which of the two is the journal, as systemd would say it in JOURNAL_STREAM. */
  readonly journal: 'out' | 'err' | 'both' | 'none' | 'another';
  /** Statements with `logs`. */
  readonly work?: string;
}

/**
 * The log in a process of its own, whose standard output and error are files: to their device and inode the process holds
 * JOURNAL_STREAM, as it does under systemd, where both are one socket.
 */
function run({ dir, journal, work = ALL_LEVELS }: Run): { readonly out: string; readonly err: string } {
  const home = temporaryDirectory();
  const [out, err] = [join(home, 'out'), join(home, 'err')];
  const outFd = openSync(out, 'a');
  const errFd = journal === 'both' ? outFd : openSync(err, 'a');
  const { dev, ino } = fstatSync(journal === 'err' ? errFd : outFd, { bigint: true });
  const options = { dir, level: 'debug', size: 1_000_000, keep: 2, crash_log: 'crash.log' };
  const program = `
    import { createLogger } from ${JSON.stringify(path('../../src/log/create-logger.ts'))};
    const logs = createLogger(${JSON.stringify(options)});
    ${work}
    await logs.close();
  `;
  const { status } = spawnSync(
    process.execPath,
    ['--import', path('../support/register-typescript.mjs'), '--input-type=module', '-e', program],
    {
      stdio: ['ignore', outFd, errFd],
      env: {
        ...process.env,
        ...(journal === 'none' ? {} : { JOURNAL_STREAM: journal === 'another' ? `${dev}:0` : `${dev}:${ino}` }),
      },
    },
  );
  closeSync(outFd);
  if (errFd !== outFd) closeSync(errFd);
  const said = journal === 'both' ? '' : readFileSync(err, 'utf8');
  expect(status, said).toBe(0);
  return { out: readFileSync(out, 'utf8'), err: said };
}

const ALL_LEVELS = `
  for (const level of ['debug', 'info', 'warn', 'error', 'fatal']) logs.log[level]('at ' + level);
  logs.log.child({ room: 'x' }).warn({ name: '\\u202e\\n<0>' }, 'of a child');
  logs.crash({ actor: 'x' }, 'a crash');
`;

/** Priority and message of each line. */
function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, priority = '', json = ''] = /^(<\d>)?(.*)$/.exec(line) ?? [];
      return `${priority} ${(JSON.parse(json) as { msg: string }).msg}`;
    });
}

const SERIOUS = ['<4> at warn', '<3> at error', '<2> at fatal', '<4> of a child', '<3> a crash'];

describe('systemd’s journal', () => {
  it('has warnings and worse with their priority, although the log is in files', () => {
    const dir = join(temporaryDirectory(), 'logs');
    const { out, err } = run({ dir, journal: 'err' });
    expect(lines(err)).toEqual(SERIOUS);
    expect(out).toBe('');
    expect(readFileSync(join(dir, 'console.log'), 'utf8').match(/"msg":/g)).toHaveLength(7);
    expect(readFileSync(join(dir, 'console.log'), 'utf8')).not.toContain('<4>');
  });

  it.each(['none', 'another'] as const)('what is not it (%s) has nothing but what files cannot take', (journal) => {
    expect(run({ dir: join(temporaryDirectory(), 'logs'), journal })).toEqual({ out: '', err: '' });
  });

  it('without log.dir has each line once, with its priority', () => {
    const { out } = run({ dir: undefined, journal: 'both' });
    const [debug, info, ...serious] = lines(out);
    expect([debug, info]).toEqual(['<7> at debug', '<6> at info']);
    expect(serious).toEqual(SERIOUS);
  });

  it('has each line once while no file can be written', () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, 'not a directory');
    const { err } = run({ dir: join(file, 'logs'), journal: 'err' });
    const told = err.split('\n').filter((line) => line.includes('dog-trainer: '));
    expect(told.length).toBeGreaterThan(0);
    for (const line of told) expect(line).toMatch(/^<4>dog-trainer: .*(cannot be (made|written))/);
    const rest = lines(
      err
        .split('\n')
        .filter((line) => !line.includes('dog-trainer: '))
        .join('\n'),
    );
    expect([...rest].sort()).toEqual([...SERIOUS, '<6> at info', '<7> at debug'].sort());
  });

  it('standard output alone as the journal: lines in files are not repeated on standard error', () => {
    expect(run({ dir: join(temporaryDirectory(), 'logs'), journal: 'out' })).toEqual({ out: '', err: '' });
  });
});
