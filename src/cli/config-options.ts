import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { LoadedConfig } from '../config/load.js';
import type { CliIo } from './cli-io.js';

/** The flags of every command that needs the configuration (docs/decisions/0024-where-configuration-comes-from.md). */
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

function append(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

/**
 * Loads what those flags name; where they and the environment name neither a configuration nor a data directory, that of
 * the installed service, if there is one, and says so. For commands that are about the server which runs here.
 * @throws ConfigError
 */
export async function loadInstalled(flags: ConfigFlags, io: CliIo): Promise<LoadedConfig> {
  if (!meansInstalled(flags, io)) return loadFrom(flags, io);
  io.err(`dog-trainer: with the configuration of the service, ${io.installedConfig}\n`);
  return loadFrom({ ...flags, config: io.installedConfig }, io);
}

/** Whether a command with these flags is about the installed service. */
export function meansInstalled(flags: ConfigFlags, io: CliIo): boolean {
  const named =
    flags.config !== undefined ||
    flags.data !== undefined ||
    flags.set.some((one) => one.startsWith('data_dir=')) ||
    io.environment['STATE_DIRECTORY'] !== undefined ||
    Object.keys(io.environment).some((name) => name.toUpperCase() === 'DOG_DATA_DIR');
  return !named && existsSync(io.installedConfig);
}

/** Loads what those flags name. @throws ConfigError */
export async function loadFrom(flags: ConfigFlags, io: CliIo): Promise<LoadedConfig> {
  // Loaded only here: what only says how it is used reads no configuration.
  const { loadConfig } = await import('../config/load.js');
  return loadConfig({
    environment: io.environment,
    set: flags.set,
    ...(flags.config === undefined ? {} : { file: flags.config }),
    ...(flags.data === undefined ? {} : { data: flags.data }),
  });
}
