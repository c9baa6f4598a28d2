import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { importSysConfig } from '../config/import-sys-config.js';
import type { ImportedConfig } from '../config/import-sys-config.js';
import { showConfig } from '../config/show-config.js';
import { CommandFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { loadInstalled, withConfigOptions } from './config-options.js';
import type { ConfigFlags } from './config-options.js';

/** `config show` and `config check`: what a start with the same flags would use, or would complain of. */
export function addConfig(program: Command, io: CliIo): void {
  const config = program.command('config').description('show, check or import the configuration');
  withConfigOptions(config.command('show'))
    .description('print every key with its value and, if it is not the default, where that came from; no secrets')
    .action((flags: ConfigFlags) => io.out(showConfig(loadInstalled(flags, io))));
  withConfigOptions(config.command('check'))
    .description(
      'see whether a start would succeed, without starting: the exit code is what start would end with (2: a value is ' +
        'wrong, 1: a file, a directory or a port is), and what is wrong stands on standard error',
    )
    .option('--observe', 'whether start --observe would')
    .action(async (flags: ConfigFlags & { readonly observe?: true }) => {
      const { checkConfig } = await import('./check-config.js');
      await checkConfig(loadInstalled(flags, io), io, { observe: flags.observe === true });
    });
  config
    .command('import')
    .description(
      "turn an old server's sys.config into our YAML; what has no meaning any more is named on standard error",
    )
    .argument('<file>', 'the sys.config; comments with % or # are understood')
    .option(
      '-o, --output <file>',
      'a new file to write, readable by its owner only: it holds the secrets; default: standard output',
    )
    .action((file: string, { output }: { readonly output?: string }) => {
      const { yaml, notes } = importFile(file);
      if (output === undefined) io.out(yaml);
      else writeNew(output, yaml);
      for (const note of notes) io.err(`${note}\n`);
    });
}

function importFile(file: string): ImportedConfig {
  try {
    return importSysConfig(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CommandFailure(`${file} cannot be imported: ${(error as Error).message}`, { cause: error });
  }
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new CommandFailure(`${file} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
