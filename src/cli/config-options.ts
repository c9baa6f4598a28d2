import type { Command } from 'commander';
import { loadConfig } from '../config/load.js';
import type { LoadedConfig } from '../config/load.js';
import type { CliIo } from './cli-io.js';

/** The flags of every command that needs the configuration (decisions 24). */
export interface ConfigFlags {
  readonly config?: string;
  readonly set: readonly string[];
  readonly data?: string;
}

/** Adds `--config`, `--set` and `--data` to a command. */
export function withConfigOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'YAML file with what differs from the defaults')
    .option('-s, --set <key=value>', 'one key, wins over file and environment; may be repeated', append, [])
    .option('-d, --data <dir>', 'where the embedded store, the journal and run files live');
}

const append = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value];

/** Loads what those flags name. @throws ConfigError */
export function loadFrom(flags: ConfigFlags, io: CliIo): LoadedConfig {
  return loadConfig({
    environment: io.environment,
    set: flags.set,
    ...(flags.config === undefined ? {} : { file: flags.config }),
    ...(flags.data === undefined ? {} : { data: flags.data }),
  });
}
