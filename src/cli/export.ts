import type { Command } from 'commander';
import { writeWholeFile } from '../files/write-whole-file.js';
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
      try {
        await writeWholeFile(file, text, { over: true });
      } catch (error) {
        throw new CommandFailure(`${file} cannot be written: ${(error as Error).message}`, { cause: error });
      }
      const counts = Object.entries(value['resources'] as Readonly<Record<string, readonly unknown[]>>)
        .map(([name, documents]) => `${name} ${documents.length}`)
        .join(', ');
      io.out(`exported to ${file}: ${counts}\n`);
    });
}
