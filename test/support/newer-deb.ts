import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from './debian-root.js';

/** A package made of another one: the same program with a higher version, and perhaps with another example. */
export interface Newer {
  readonly version: string;
  /** Added to the configuration that the package brings. */
  readonly example?: string;
  readonly to: string;
}

const CONFIG = 'etc/dog_trainer/dog_trainer.yaml';

/** Unpacks a .deb once and packs it again for each of `newer`, with a version that the program tells too. */
export async function makeNewerDebs(deb: string, newer: readonly Newer[]): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'dog-newer-'));
  const must = async (...args: readonly string[]) => {
    const { status, said } = await finished('dpkg-deb', args);
    if (status !== 0) throw new Error(`dpkg-deb ${args.join(' ')}: ${said}`);
  };
  try {
    await must('-R', deb, work);
    for (const { version, example, to } of newer) {
      change(join(work, 'DEBIAN/control'), /^Version: .*$/m, `Version: ${version}`);
      change(join(work, 'usr/lib/dog_trainer/package.json'), /"version": ".*?"/, `"version": "${version}"`);
      if (example !== undefined) change(join(work, CONFIG), /$/, example);
      await must('-Znone', '--build', work, to);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function change(file: string, what: RegExp, becomes: string): void {
  const text = readFileSync(file, 'utf8');
  if (!what.test(text)) throw new Error(`${file} has nothing like ${what.source}`);
  writeFileSync(file, text.replace(what, becomes));
}
