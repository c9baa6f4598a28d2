import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { importSysConfig } from '../../../src/config/import-sys-config.js';
import { loadConfig } from '../../../src/config/load.js';
import { itWithErlang } from '../../support/erl.js';
import { runCliInProcess } from '../../support/run-cli-in-process.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

/** Writes files below a new directory and gives the path of its sys.config. */
function written(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return join(directory, 'sys.config');
}

async function importing(files: Readonly<Record<string, string>>) {
  const file = written(files);
  const output = join(dirname(file), 'dog.yaml');
  const run = await runCliInProcess(['config', 'import', file, '--output', output]);
  return { ...run, file, config: run.code === 0 ? loadConfig({ file: output }).config : undefined };
}

/** What Erlang itself makes of the same files: the application's parameters, or why it does not start. */
async function erlang(file: string): Promise<string> {
  const program =
    'application:load({application, dog_trainer, []}), io:format("~0p", [lists:sort(application:get_all_env(dog_trainer))]), halt().';
  try {
    const { stdout } = await promisify(execFile)(
      'erl',
      ['-noshell', '-config', file.replace(/\.config$/, ''), '-eval', program],
      { env: { ...process.env, ERL_CRASH_DUMP: '/dev/null' } },
    );
    return stdout;
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  }
}

const MERGED: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  [
    'a name beside the file',
    { 'sys.config': '["./other.config"].', 'other.config': '[{dog_trainer, [{env, "aa"}]}].' },
    'aa',
  ],
  ['a name without .config', { 'sys.config': '["other"].', 'other.config': '[{dog_trainer, [{env, "aa"}]}].' }, 'aa'],
  [
    'a name in a directory',
    { 'sys.config': '["d/other"].', 'd/other.config': '[{dog_trainer, [{env, "aa"}]}].' },
    'aa',
  ],
  [
    'a file after a parameter',
    { 'sys.config': '[{dog_trainer, [{env, "bb"}]}, "other"].', 'other.config': '[{dog_trainer, [{env, "aa"}]}].' },
    'aa',
  ],
  [
    'a parameter after a file',
    { 'sys.config': '["other", {dog_trainer, [{env, "bb"}]}].', 'other.config': '[{dog_trainer, [{env, "aa"}]}].' },
    'bb',
  ],
  ['an application twice', { 'sys.config': '[{dog_trainer, [{env, "aa"}]}, {dog_trainer, [{env, "bb"}]}].' }, 'bb'],
];

describe('config import reads the files that a sys.config names', () => {
  it.each(MERGED)('%s', async (_, files, env) => {
    const { code, config, err } = await importing(files);
    expect({ code, env: config?.env }, err).toEqual({ code: 0, env });
  });

  for (const [name, files, env] of MERGED) {
    itWithErlang(`${name}: so does Erlang`, async () => {
      expect(await erlang(written(files))).toBe(`[{env,"${env}"}]`);
    });
  }

  it('keeps what only one of the files has', async () => {
    const { config } = await importing({
      'sys.config': '["one", {dog_trainer, [{env, "t1"}]}].',
      'one.config':
        '[{dog_trainer, [{rethinkdb_host, "db"}]}, {thumper, [{brokers, [{default, [{rabbitmq_config, [{host, "mq"}]}]}]}]}].',
    });
    expect(config).toMatchObject({ env: 't1', rethinkdb_host: 'db', broker: { host: 'mq' } });
  });

  it('an absolute name', async () => {
    const other = written({ 'sys.config': '', 'other.config': '[{dog_trainer, [{env, "aa"}]}].' });
    const { config } = await importing({ 'sys.config': `["${join(dirname(other), 'other.config')}"].` });
    expect(config?.env).toBe('aa');
  });

  it('one in the working directory, as OTP does, and says so', async () => {
    // Tests run in the directory of the repository.
    const { config, err } = await importing({ 'sys.config': '["test/config/seed-sys"].' });
    expect(config?.env).toBe('q1');
    expect(err).toContain('"test/config/seed-sys" is not beside it');
  });

  it('one that an included file names, relative to that, though OTP would not start', async () => {
    const { config, err } = await importing({
      'sys.config': '["d/one"].',
      'd/one.config': '["two"].',
      'd/two.config': '[{dog_trainer, [{env, "aa"}]}].',
    });
    expect(config?.env).toBe('aa');
    expect(err).toContain('OTP reads no file that an included file names');
    expect(err).not.toContain('is not beside it');
  });

  it.each([
    ['that is not there', { 'sys.config': '["gone", {dog_trainer, []}].' }, ['"gone" names', 'gone.config', 'ENOENT']],
    [
      'that is no term',
      { 'sys.config': '["bad", {dog_trainer, []}].', 'bad.config': '[{dog_trainer,\n [}].' },
      ['bad.config, which cannot be read: line 2'],
    ],
    ['that is a directory', { 'sys.config': '["d", {dog_trainer, []}].', 'd.config/x': '' }, ['which is no file']],
    [
      'that goes round',
      { 'sys.config': '["a", {dog_trainer, []}].', 'a.config': '["b"].', 'b.config': '["./a"].' },
      ['b.config: "./a" names a file that is already being read'],
    ],
    [
      'that is itself',
      { 'sys.config': '["sys", {dog_trainer, []}].' },
      ['"sys" names a file that is already being read'],
    ],
    [
      'that goes on for ever',
      {
        'sys.config': '["f1", {dog_trainer, []}].',
        ...Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`f${n + 1}.config`, `["f${n + 2}"].`])),
      },
      ['files deep'],
    ],
  ] as const)('stops at one %s', async (_, files, sentences) => {
    const { code, err } = await importing(files);
    expect(code).toBe(1);
    for (const sentence of sentences) expect(err).toContain(sentence);
  });

  it('a setting in an included file that cannot be read is named with that file', async () => {
    const { code, err } = await importing({
      'sys.config': '["other"].',
      'other.config': '[{dog_trainer, [{rethinkdb_host, "${DB}"}]}].',
    });
    expect(code).toBe(1);
    expect(err).toMatch(/other\.config: dog_trainer\.rethinkdb_host holds "\$\{DB\}"/);
  });

  it('reads a hundred files at most', () => {
    const file = written({ 'sys.config': '', 'one.config': '[].' });
    const { losses } = importSysConfig(`[{dog_trainer, []}${', "one"'.repeat(101)}].`, file);
    expect(losses).toMatchObject([{ found: expect.stringContaining('one file more') as string }]);
  });
});

describe('config import says which one counts', () => {
  it.each([
    ['[{dog_trainer, [{env, "aa"}]}, {dog_trainer, [{env, "bb"}]}].', 'dog_trainer stands twice', 'the later counts'],
    [
      '[{dog_trainer, [{env, "aa"}, {env, "bb"}]}].',
      'dog_trainer.env stands twice, with two values',
      'the first counts',
    ],
    ['[{dog_trainer, [{env, "aa"}, {env, "aa"}]}].', 'dog_trainer.env stands twice, with one value', ''],
    [
      '[{dog_trainer, []}, {thumper, [{brokers, [{default, [{rabbitmq_config, [{host, "a"}, {host, "b"}]}]}]}]}].',
      'rabbitmq_config.host stands twice, with two values',
      'the first counts',
    ],
    [
      '[{dog_trainer, []}, {turtle, [{connection_config, [#{connections => [{main, [{"mq", 5672}]}], username => "a", username => "b"}]}]}].',
      'connection_config.username stands twice, with two values',
      'the last counts',
    ],
    ['["other", {dog_trainer, [{env, "bb"}]}].', 'dog_trainer.env stands in ', 'the later counts'],
  ])('%s', async (text, what, which) => {
    const { code, err } = await importing({ 'sys.config': text, 'other.config': '[{dog_trainer, [{env, "aa"}]}].' });
    expect(code, err).toBe(0);
    const line = err.split('\n').find((one) => one.startsWith('warning: ') && one.includes(what));
    expect(line, err).toContain(which);
  });

  itWithErlang('Erlang refuses to start with a key that stands twice in one application', async () => {
    expect(await erlang(written({ 'sys.config': '[{dog_trainer, [{env, "aa"}, {env, "bb"}]}].' }))).toContain(
      'duplicate parameter',
    );
  });
});
