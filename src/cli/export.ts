import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { CommandFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { withConfigOptions } from './config-options.js';
import type { ConfigFlags } from './config-options.js';
import { withPolicy } from './policy-admin.js';

/** `export FILE`: all policy as one JSON file, of the running server or, with none, of its store. */
export function addExport(program: Command, io: CliIo): void {
  withConfigOptions(program.command('export'))
    .description('write all policy and hosts to one JSON file, for review, backup or another store')
    .argument('<file>', "where to; - for standard output. It holds the links' passwords")
    .action(async (file: string, flags: ConfigFlags) => {
      const value = await withPolicy(flags, io, (policy) => policy.export(), { readOnly: true });
      const text = `${JSON.stringify(value, undefined, 2)}\n`;
      if (file === '-') {
        io.out(text);
        return;
      }
      await writeWhole(file, text);
      const counts = Object.entries(value['resources'] as Readonly<Record<string, readonly unknown[]>>)
        .map(([name, documents]) => `${name} ${documents.length}`)
        .join(', ');
      io.out(`exported to ${file}: ${counts}\n`);
    });
}

/** The file is all there or as it was before, whatever happens; only its owner reads it. */
async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw new CommandFailure(`${file} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
