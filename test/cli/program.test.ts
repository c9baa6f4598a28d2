import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

describe('the command line', () => {
  it.each([
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['start', '--colour'], "unknown option '--colour'"],
    [['demo', '--agents', '0'], 'must be a whole number from 1 to 10000'],
    [['demo', '--agents', 'many'], 'must be a whole number from 1 to 10000'],
    [['start', 'now'], 'too many arguments'],
    [['config', 'check', '--config'], 'argument missing'],
    [['config', 'check', '--set', 'api.port=x'], 'api.port = "x" (from --set api.port): must be a whole number'],
    [['start', '--set', 'api.prot=1'], 'did you mean api.port?'],
    [['tree', '--url', 'nonsense'], 'nonsense is not a URL'],
  ])('%j is refused with exit code 64 and a reason', async (args, reason) => {
    const { code, out, err } = await runCliInProcess(args);
    expect(err).toContain(reason);
    expect(err).toMatch(/^dog-trainer: /);
    expect(err).not.toMatch(/\n {4}at /);
    expect({ code, out }).toEqual({ code: 64, out: '' });
  });

  it('prints help and version with exit code 0', async () => {
    const help = await runCliInProcess(['--help']);
    expect(help.code).toBe(0);
    for (const command of ['start', 'demo', 'tree', 'config', 'decode', 'backup', 'restore'])
      expect(help.out).toContain(`  ${command}`);
    expect(await runCliInProcess(['--version'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    });
  });
});

describe('config', () => {
  it('check says that all is well, and warns on standard error', async () => {
    const { code, out, err } = await runCliInProcess([
      ...['config', 'check', '--data', temporaryDirectory(), '-s', 'api.port=0', '-s', 'metrics.port=0'],
      ...['-s', 'pools=1', '-s', 'api.auth=tokens'],
    ]);
    expect({ code, out }).toEqual({ code: 0, out: 'the configuration is valid\n' });
    expect(err).toContain('warning: pools (from --set pools) is ignored');
  });

  it('check lists every problem of a file', async () => {
    const file = join(temporaryDirectory(), 'bad.yaml');
    writeFileSync(file, 'api: {host: 0.0.0.0, port: -1}\nmetrix: {port: 1}\n');
    const { code, err } = await runCliInProcess(['config', 'check', '--config', file]);
    expect(code).toBe(64);
    expect(err).toContain(`api.port = -1 (from ${file}:1)`);
    expect(err).toContain(`metrix (from ${file}:2): unknown key`);
  });

  it('show prints what start would use, from the environment too', async () => {
    const { code, out } = await runCliInProcess(['config', 'show'], {
      DOG_API__PORT: '7171',
      DOG_SMTP_PASSWORD: 'hunter2',
    });
    expect(code).toBe(0);
    expect(out).toContain('  port: 7171 # environment variable DOG_API__PORT\n');
    expect(out).toContain('smtp_password: (secret)');
    expect(out).not.toContain('hunter2');
  });
});
