import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { FLAG } from '../../src/cli/scavenge-alone.js';

const here = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Has a Node of its own make objects that live for a while, and counts its scavenges and the threads' parts of them. */
function scavengesOn(cores: number): { readonly scavenges: number; readonly parts: number } {
  const script = `
    import { setFlagsFromString } from 'node:v8';
    import { scavengeAlone } from ${JSON.stringify(here('../../src/cli/scavenge-alone.ts'))};
    scavengeAlone(${cores});
    for (const flag of ['--trace-gc', '--trace-${FLAG}']) setFlagsFromString(flag);
    const kept = [];
    for (let made = 0; made < 1_000_000; made += 1) kept[made % 200_000] = { made, list: [made] };
  `;
  const said = execFileSync(
    process.execPath,
    ['--import', here('../support/register-typescript.mjs'), '--input-type=module', '-e', script],
    { encoding: 'utf8' },
  );
  return { scavenges: said.match(/ ms: Scavenge /g)?.length ?? 0, parts: said.match(/ scavenge\[/g)?.length ?? 0 };
}

describe('V8 collects new objects', () => {
  test.each([1, 2])("on the loop's thread alone where there are few cores: %i", (cores) => {
    const { scavenges, parts } = scavengesOn(cores);
    expect(scavenges).toBeGreaterThan(0);
    expect(parts).toBe(scavenges);
  });

  test('as it likes where there are more', () => {
    const { scavenges, parts } = scavengesOn(3);
    // On one core V8 has no helper by itself either.
    if (availableParallelism() > 1) expect(parts).toBeGreaterThan(scavenges);
    else expect(parts).toBe(scavenges);
  });
});
