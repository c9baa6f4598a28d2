import type { Command } from 'commander';
import type { CliIo } from './cli-io.js';
import { loadInstalled, withConfigOptions } from './config-options.js';
import type { ConfigFlags } from './config-options.js';
import type { ImportFlags } from './import-config.js';

/** `config show`, `config check` and `config import`; the first two say what a start with the same flags would do. */
export function addConfig(program: Command, io: CliIo): void {
  const config = program.command('config').description('show, check or import the configuration');
  withConfigOptions(config.command('show'))
    .description('print every key with its value and, if it is not the default, where that came from; no secrets')
    .action(async (flags: ConfigFlags) => {
      const { showConfig } = await import('../config/show-config.js');
      io.out(showConfig(await loadInstalled(flags, io)));
    });
  withConfigOptions(config.command('check'))
    .description(
      'see whether a start would succeed, without starting: the exit code is what start would end with (64: a value is ' +
        'wrong, 1: a file, a directory or a port is), and what is wrong stands on standard error',
    )
    .option('--observe', 'whether start --observe would')
    .action(async (flags: ConfigFlags & { readonly observe?: true }) => {
      const { checkConfig } = await import('./check-config.js');
      await checkConfig(await loadInstalled(flags, io), io, { observe: flags.observe === true });
    });
  config
    .command('import')
    .description(
      "turn an Erlang server's sys.config, and the files it names, into our YAML; tells on standard error what it opens to the network and what has no meaning any more; stops at what it cannot read",
    )
    .argument('<file>', 'the sys.config; comments with % or # are understood')
    .option(
      '-o, --output <file>',
      'a new file to write, readable by its owner only: it holds the secrets; default: standard output',
    )
    .option('--force', 'write over the output file if it is there already', false)
    .option('--accept-losses', 'go on without settings that cannot be read, and list them', false)
    .action(async (file: string, flags: ImportFlags) => {
      const { importConfig } = await import('./import-config.js');
      await importConfig(file, flags, io);
    });
}
