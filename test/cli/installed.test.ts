import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

/** A directory with an installed configuration, and a data directory of its own. */
function installed() {
  const root = temporaryDirectory();
  const data = join(root, 'lib');
  mkdirSync(data);
  const file = join(root, 'dog_trainer.yaml');
  writeFileSync(file, `data_dir: ${data}\napi:\n  port: 1\n`);
  return { root, data, file };
}

describe('commands where a service is installed', () => {
  it('are about the service, and say so', async () => {
    const { data, file } = installed();
    const made = await runCliInProcess(['token', 'create', 'ops', '--scope', 'read', '--data', data], {}, file);
    expect(made.code).toBe(0);
    const listed = await runCliInProcess(['token', 'list'], {}, file);
    expect([listed.code, listed.out.split('\t')[0]]).toEqual([0, 'ops']);
    expect(listed.err).toBe(`dog-trainer: with the configuration of the service, ${file}\n`);
    expect((await runCliInProcess(['tree'], {}, file)).err).toContain('no server answers at http://127.0.0.1:1/');
    expect((await runCliInProcess(['config', 'show'], {}, file)).out).toContain(data);
  });

  it('are about another server where they or the environment name one', async () => {
    const { file, root } = installed();
    const other = join(root, 'other');
    for (const [args, environment] of [
      [['--data', other], {}],
      [['--set', `data_dir=${other}`], {}],
      [[], { DOG_DATA_DIR: other }],
      [[], { STATE_DIRECTORY: other }],
    ] as const) {
      const listed = await runCliInProcess(['token', 'list', ...args], environment, file);
      expect([listed.code, listed.err]).toEqual([1, expect.stringContaining(`there is no store at ${other}`)]);
    }
  });
});

describe('looking', () => {
  it.each([
    [['token', 'list']],
    [['token', 'revoke', 'x']],
    [['token', 'create', 'x', '--scope', 'read']],
    [['export', '-']],
    [['journal', 'list']],
    [['journal', 'verify']],
    [['backup', 'copy.db']],
    [['tree']],
    [['config', 'show']],
    [['config', 'check']],
  ])('makes no store: %j', async (args) => {
    const place = temporaryDirectory();
    const before = process.cwd();
    process.chdir(place);
    try {
      await runCliInProcess(args, { DOG_API__PORT: '1' });
    } finally {
      process.chdir(before);
    }
    expect(readdirSync(place)).toEqual([]);
  });
});
