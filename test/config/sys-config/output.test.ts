import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/program.js';
import { runCliInProcess } from '../../support/run-cli-in-process.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

function prepared(text = '[{dog_trainer, [{env, "t1"}]}, {imetrics, [{http_server_port, 9085}]}].') {
  const directory = temporaryDirectory();
  const file = join(directory, 'sys.config');
  writeFileSync(file, text);
  return { directory, file, output: join(directory, 'dog.yaml') };
}

describe('what config import writes', () => {
  it("is its owner's only, and there is nothing beside it", async () => {
    const { directory, file, output } = prepared();
    expect((await runCliInProcess(['config', 'import', file, '-o', output])).code).toBe(0);
    expect(statSync(output).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory).sort()).toEqual(['dog.yaml', 'sys.config']);
  });

  it('leaves a file that is there alone, and a link too, unless it may write over it', async () => {
    const { directory, file, output } = prepared();
    writeFileSync(output, 'mine', { mode: 0o644 });
    const link = join(directory, 'link.yaml');
    symlinkSync(join(directory, 'nowhere'), link);
    for (const taken of [output, link]) {
      const { code, err } = await runCliInProcess(['config', 'import', file, '-o', taken]);
      expect({ code, told: err.includes('EEXIST') && err.includes('--force') }).toEqual({ code: 1, told: true });
    }
    expect(readFileSync(output, 'utf8')).toBe('mine');
    expect((await runCliInProcess(['config', 'import', file, '-o', output, '--force'])).code).toBe(0);
    expect(readFileSync(output, 'utf8')).toContain('env: t1');
    expect(statSync(output).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory).sort()).toEqual(['dog.yaml', 'link.yaml', 'sys.config']);
  });

  it('never goes over its own source', async () => {
    const { file } = prepared();
    const { code } = await runCliInProcess(['config', 'import', file, '-o', file, '--force']);
    expect(code).toBe(1);
    expect(readFileSync(file, 'utf8')).toContain('dog_trainer');
  });

  it('leaves nothing behind when it cannot be written', async () => {
    const { directory, file } = prepared();
    const taken = join(directory, 'taken');
    mkdirSync(taken);
    for (const output of [taken, join(directory, 'no', 'where')]) {
      expect((await runCliInProcess(['config', 'import', file, '-o', output, '--force'])).code).toBe(1);
    }
    expect(readdirSync(directory).sort()).toEqual(['sys.config', 'taken']);
  });

  it('is told before, with what it opens to the network', async () => {
    const { file } = prepared();
    const told: string[] = [];
    const code = await runCli(['config', 'import', file], {
      out: () => told.push('written'),
      err: (text) => told.push(text),
      environment: {},
      installedConfig: '/no/service/is/installed',
    });
    expect(code).toBe(0);
    expect(told[0]).toMatch(/opened to the network: the API listens on 0\.0\.0\.0 port 7070 without authentication/);
    expect(told[1]).toMatch(/opened to the network: the metrics are on 0\.0\.0\.0 port 9085 without authentication/);
    expect(told.at(-1)).toBe('written');
  });

  it('is nothing when the source is not UTF-8', async () => {
    const { directory, file, output } = prepared();
    writeFileSync(file, Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d, 0x2e]));
    expect((await runCliInProcess(['config', 'import', file, '-o', output])).code).toBe(1);
    expect(readdirSync(directory)).toEqual(['sys.config']);
  });
});
