import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const RUNNER = fileURLToPath(new URL('../http-cases/run.mjs', import.meta.url));

/** Runs black-box HTTP cases against a server; the last line says how many passed, each failure has a line. */
export function runCases(
  cases: string,
  url: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [
      RUNNER,
      fileURLToPath(new URL(`../http-cases/${cases}`, import.meta.url)),
      url,
    ]);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
