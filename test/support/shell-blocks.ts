import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The commands of a page, block by block: what its fences of kind `sh` hold. */
export function shellBlocks(page: string): readonly string[] {
  return [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
}

/** A shell as an operator's: what one block sets or declares, later ones know. */
export class PageShell {
  readonly #directory: string;
  readonly #environment: Readonly<Record<string, string>>;

  /** `directory`: where its commands run, and where stand-ins for programs are looked for first. */
  constructor(directory: string, environment: Readonly<Record<string, string>>) {
    this.#directory = directory;
    this.#environment = environment;
  }

  /** A program that is not to be the machine's own. */
  standIn(name: string, script: string): void {
    writeFileSync(join(this.#directory, name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  }

  /** Runs one block and gives what it printed; rejects with its words where a command of it fails. */
  run(block: string): Promise<string> {
    const kept = join(this.#directory, 'kept-variables');
    const before = existsSync(kept) ? `. ${kept}\n` : '';
    const script = `set -eu -o pipefail -a\n${before}${block}\n{ export -p; declare -f; } > ${kept}\n`;
    const environment = { PATH: `${this.#directory}:${process.env['PATH'] ?? ''}`, ...this.#environment };
    return new Promise((resolve, reject) => {
      execFile(
        'bash',
        ['--norc', '-c', script],
        { cwd: this.#directory, env: environment },
        (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else reject(new Error(`exit code ${String(error.code)}: ${stdout}${stderr}\nof:\n${block}`));
        },
      );
    });
  }
}
