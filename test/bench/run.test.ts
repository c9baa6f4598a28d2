import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const benches = (await readdir('test/bench'))
  .filter((file) => file.endsWith('.mjs') && !['run.mjs', 'scaled.mjs'].includes(file))
  .map((file) => file.slice(0, -'.mjs'.length));

// Small, to see that each runs against what is built now; its figures mean nothing.
describe('npm run bench', () => {
  it.each(benches)(
    '%s runs and prints its rows',
    async (bench) => {
      const env = { ...process.env, BENCH_SCALE: '500' };
      const { stdout } = await promisify(execFile)(process.execPath, ['test/bench/run.mjs', bench], { env });
      expect(stdout).toContain('median ms');
      expect(stdout.trim().split('\n').length).toBeGreaterThan(4);
    },
    120_000,
  );
});
