import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { it } from 'vitest';

/** Why tests that need Erlang can't run here; `undefined` when they can. */
export const noErlang: string | undefined = findErlang();

function findErlang(): string | undefined {
  try {
    execFileSync('erl', ['-noshell', '-eval', 'halt().'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'no erl on the PATH (Debian package erlang-base)';
  }
}

/**
 * Runs an Erlang expression with `Files` bound to the paths of `contents`, each written to a file, and gives what it
 * printed. The real thing is the judge of our terms.
 */
export async function runErlang(expression: string, contents: readonly Uint8Array[] = []): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'erl-judge-'));
  try {
    const paths = contents.map((_, index) => join(dir, `${index}.bin`));
    await Promise.all(contents.map((content, index) => writeFile(paths[index] as string, content)));
    const program = `Files = [${paths.map((path) => JSON.stringify(path)).join(',')}], ${expression}, halt().`;
    const { stdout } = await promisify(execFile)('erl', ['-noshell', '-eval', program], {
      maxBuffer: 64 * 1024 * 1024,
      timeout: 60_000,
    });
    return stdout;
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** A test with the real Erlang as its judge; skipped, with the reason in its name, where there is none. */
export function itWithErlang(title: string, test: () => Promise<void>): void {
  it.skipIf(noErlang !== undefined)(noErlang === undefined ? title : `${title} (skipped: ${noErlang})`, test);
}
