import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { BENCHES } from '../../src/bench/benches.js';
import { program } from '../support/main-child.js';

const benches = await Promise.all(BENCHES.map((load) => load()));

// Small, to see that each runs against what is built now; its figures mean nothing, so several may run at once.
describe.concurrent('dog-trainer bench', () => {
  it.each(benches.filter(({ long }) => long === undefined).map(({ name }) => name))(
    '%s runs and prints its rows',
    async (name) => {
      const { stdout } = await promisify(execFile)(process.execPath, [...program(), 'bench', name, '--scale', '500']);
      expect(stdout).not.toContain('not measured');
      expect(stdout.trim().split('\n').length).toBeGreaterThan(1);
    },
    300_000,
  );

  it('says which benches there are when it is asked for another', async () => {
    await expect(promisify(execFile)(process.execPath, [...program(), 'bench', 'speed'])).rejects.toThrow(
      /there is no bench speed; benches: .*plan/,
    );
  });

  it('writes no page of some benches alone', async () => {
    await expect(
      promisify(execFile)(process.execPath, [...program(), 'bench', 'plan', '--out', '/nowhere']),
    ).rejects.toThrow(/--out writes a page of all benches/);
  });

  it('refuses another build that is none', async () => {
    await expect(
      promisify(execFile)(process.execPath, [...program(), 'bench', 'plan', '--beside', '/nowhere']),
    ).rejects.toThrow(/--beside \/nowhere: must be the directory dist of a build/);
  });
});
