import type { Command } from 'commander';
import { showConfig } from '../config/show-config.js';
import type { CliIo } from './cli-io.js';
import { loadFrom, withConfigOptions } from './config-options.js';
import type { ConfigFlags } from './config-options.js';

/** `config show` and `config check`: what a start with the same flags would use, or would complain of. */
export function addConfig(program: Command, io: CliIo): void {
  const config = program.command('config').description('show, check or import the configuration');
  withConfigOptions(config.command('show'))
    .description('print every key with its value and, if it is not the default, where that came from; no secrets')
    .action((flags: ConfigFlags) => io.out(showConfig(loadFrom(flags, io))));
  withConfigOptions(config.command('check'))
    .description('check without starting; exit 2 and say what is wrong, if anything is')
    .action((flags: ConfigFlags) => {
      const { warnings } = loadFrom(flags, io);
      for (const warning of warnings) io.err(`warning: ${warning}\n`);
      io.out('the configuration is valid\n');
    });
}
