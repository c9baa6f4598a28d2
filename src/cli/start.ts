import type { Command } from 'commander';
import type { CliIo } from './cli-io.js';
import { loadFrom, withConfigOptions } from './config-options.js';
import type { ConfigFlags } from './config-options.js';

/** `start`: the server in the foreground, until SIGTERM or SIGINT. */
export function addStart(program: Command, io: CliIo): void {
  withConfigOptions(program.command('start'))
    .description('run the server in the foreground')
    .option('--observe', 'beside another server: compile and compare, but publish, consume and write nothing')
    .action(async (flags: ConfigFlags & { readonly observe?: true }) => {
      const loaded = await loadFrom(flags, io);
      // Loaded only here, so that the other commands start quickly.
      const { serve } = await import('./serve.js');
      await serve(loaded, io, { observe: flags.observe === true });
    });
}
