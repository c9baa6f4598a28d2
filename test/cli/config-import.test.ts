import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
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
