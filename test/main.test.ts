import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compileSets } from '../src/firewall/sets/compile-sets.js';
import { runMain } from './support/main-child.js';
import { temporaryDirectory } from './support/temporary-directory.js';

const zone = Array.from({ length: 20_000 }, (_, i) => `10.0.${i >> 8}.${i & 255}/32`);
const input = { internal: { zonesV4: { office: zone } } };

function compileLarge() {
  const file = join(temporaryDirectory(), 'large.json');
  writeFileSync(file, JSON.stringify({ kind: 'ipset', input }));
  return runMain(['compile', file, '--dialect', 'dog1']);
}

/** Resolves once the last line is there, which is written after the text. */
function toldHash(child: ReturnType<typeof runMain>): Promise<void> {
  return new Promise((resolve) => {
    child.process.stderr?.on('data', () => {
      if (child.err.includes('hash: ')) resolve();
    });
  });
}

it('leaves no output behind when the reader of a pipe is slow', async () => {
  const child = compileLarge();
  child.process.stdout?.pause();
  await toldHash(child);
  child.process.stdout?.resume();
  expect(await child.ended).toBe(0);
  expect(child.out === compileSets(input, 'dog1').text).toBe(true);
}, 60_000);

it('ends quietly when the reader of a pipe is gone', async () => {
  const child = compileLarge();
  child.process.stdout?.destroy();
  expect(await child.ended).toBe(0);
  expect(child.err).not.toContain('EPIPE');
}, 60_000);
