import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const REGISTER = fileURLToPath(new URL('./register-typescript.mjs', import.meta.url));

/** A program of the tests in a process of its own, so that it can be killed. */
export interface TypescriptChild {
  readonly process: ChildProcess;
  /** Whole lines it printed so far; a line cut by its death is not one. */
  readonly lines: readonly string[];
  /** Resolves with the first line, rejects when it dies without one. */
  readonly firstLine: Promise<string>;
  /** Resolves when it has ended and all that it printed was read. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Runs a TypeScript file with Node. `file` is a URL of the file, e.g. from `import.meta.url`. */
export function runTypescript(file: URL, args: readonly string[]): TypescriptChild {
  const child = spawn(process.execPath, ['--import', REGISTER, fileURLToPath(file), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const firstLine = new Promise<string>((resolve, reject) => {
    reader.on('line', (line) => {
      lines.push(line);
      resolve(line);
    });
    child.once('close', () => reject(new Error(`${file.pathname} ended without a line`)));
  });
  // Whoever only waits for the end need not look at this one.
  firstLine.catch(() => undefined);
  return { process: child, lines, firstLine, ended };
}
