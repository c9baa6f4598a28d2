import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCli } from '../../src/cli/program.js';
import { ImportFindings } from '../../src/config/sys-config/import-findings.js';
import { readSysConfig } from '../../src/config/sys-config/read-sys-config.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const SEED = 'test/config/seed-sys.config';

it('config import says what it opens to the network and what it leaves out, then writes', async () => {
  const output = join(temporaryDirectory(), 'dog_trainer.yaml');
  const { code, err } = await runCliInProcess(['config', 'import', SEED, '-o', output]);
  expect(code).toBe(0);
  expect(err).toMatch(/^opened to the network: the API listens on 0\.0\.0\.0 port 7070 without authentication/m);
  expect(err).toMatch(/^opened to the network: the metrics are on 0\.0\.0\.0 port 8085/m);
  expect(err).toMatch(/^left out: dog_trainer\.pools: has no meaning here/m);
  expect(existsSync(output)).toBe(true);
});

it('it says so also where nothing is written: losses, or an output that cannot be written', async () => {
  const directory = temporaryDirectory();
  const bad = join(directory, 'sys.config');
  writeFileSync(bad, '[{dog_trainer, [{env, "q1"}, {smtp_port, "many"}, {pools, []}]}].\n');
  const output = join(directory, 'out.yaml');
  const lost = await runCliInProcess(['config', 'import', bad, '-o', output]);
  expect([lost.code, existsSync(output)]).toEqual([1, false]);
  expect(lost.err).toMatch(
    /^opened to the network: [^]*^left out: dog_trainer\.pools[^]*nothing was written[^]*smtp_port/m,
  );
  mkdirSync(join(directory, 'taken.yaml'));
  const unwritten = await runCliInProcess(['config', 'import', SEED, '-o', join(directory, 'taken.yaml'), '--force']);
  expect(unwritten.code).toBe(1);
  expect(unwritten.err).toMatch(/^opened to the network: [^]*cannot be written/m);
});

it('it writes the directories of the service that is installed here, and none where it cannot tell', async () => {
  const directory = temporaryDirectory();
  const installed = join(directory, 'installed.yaml');
  const imported = async (text: string) => {
    writeFileSync(installed, text);
    // What surrounds the one who imports is not the service's.
    const { code, out, err } = await runCliInProcess(
      ['config', 'import', SEED],
      { DOG_DATA_DIR: '/home/me' },
      installed,
    );
    expect(code).toBe(0);
    const { data_dir: data, run_dir: run } = parse(out) as { data_dir?: string; run_dir?: string };
    return { data, run, err };
  };
  const asPackaged = await imported(readFileSync('packaging/dog_trainer.yaml', 'utf8'));
  expect(asPackaged).toMatchObject({ data: '/var/lib/dog_trainer', run: '/run/dog_trainer' });
  expect(asPackaged.err).toContain(`data_dir and run_dir are written as ${installed} has them`);
  for (const text of ['data_dir: /srv/dog\n', 'no_such_key: 1\n']) {
    const { data, run, err } = await imported(text);
    expect([data, run]).toEqual([undefined, undefined]);
    expect(err).toMatch(/^warning: data_dir and run_dir are not written; [^]*add them by hand: /m);
  }
});

/** Files as installations have them: the seed's, one with logger and imetrics, one with lager and turtle. */
const REAL = [SEED, 'test/config/real/production.sys.config', 'test/config/real/laboratory.sys.config'];

/** Settings that have another name in the YAML. */
const CALLED: Readonly<Record<string, string>> = {
  'lager.handlers': 'log',
  'lager.log_root': 'dir',
  'lager.crash_log': 'dir',
  'kernel.logger': 'log',
  'turtle.connection_config': 'broker',
  'thumper.brokers': 'broker',
  'imetrics.http_server_port': 'port',
};

it.each(REAL)('of %s every setting is in the YAML or told of, and all is told before it is written', async (file) => {
  const output = join(temporaryDirectory(), 'dog_trainer.yaml');
  const told: string[] = [];
  const code = await runCli(['config', 'import', file, '-o', output], {
    out: () => undefined,
    err: (text) => {
      expect(existsSync(output)).toBe(false);
      told.push(text);
    },
    environment: {},
    installedConfig: '/no/service/is/installed',
  });
  expect(code).toBe(0);
  const yaml = readFileSync(output, 'utf8');
  const { api, metrics } = parse(yaml) as { api: { host: string }; metrics: { host: string } };
  expect([api.host, metrics.host]).toEqual(['0.0.0.0', '0.0.0.0']);
  // What it opens comes first, a line for each port.
  expect(told.filter((line) => line.startsWith('opened to the network: '))).toEqual(told.slice(0, 2));
  const all = told.join('');
  const applications = readSysConfig(readFileSync(file, 'utf8'), file, new ImportFindings());
  const untold = [...applications].flatMap(([application, parameters]) =>
    [...parameters.keys()].filter((name) => {
      const setting = `${application}.${name}`;
      const said = [`left out: ${application}:`, `left out: ${setting}`, `${setting} is empty`];
      return !said.some((words) => all.includes(words)) && !yaml.includes(`${CALLED[setting] ?? name}:`);
    }),
  );
  expect(untold).toEqual([]);
  for (const secret of ['smtp-secret', 'rethink-secret', 'rabbit-secret']) expect(all).not.toContain(secret);
});
