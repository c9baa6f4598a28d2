import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadConfig } from '../config/load.js';
import { importSysConfig } from '../config/import-sys-config.js';
import type { ImportedConfig, ServicePlaces } from '../config/import-sys-config.js';
import { lossText } from '../config/sys-config/import-findings.js';
import { readText } from '../config/sys-config/read-text.js';
import { writeWholeFile } from '../files/write-whole-file.js';
import { CommandFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';

/** The flags of `config import`. */
export interface ImportFlags {
  readonly output?: string;
  readonly force: boolean;
  readonly acceptLosses: boolean;
}

/** `config import`. @throws CommandFailure */
export async function importConfig(
  file: string,
  { output, force, acceptLosses }: ImportFlags,
  io: CliIo,
): Promise<void> {
  const { yaml, notes, warnings, losses, opened } = importFile(file, placesOfService(io));
  // Before anything is written, and also where nothing is.
  for (const sentence of opened) io.err(`opened to the network: ${sentence}\n`);
  for (const warning of warnings) io.err(`warning: ${warning}\n`);
  for (const note of notes) io.err(`left out: ${note}\n`);
  if (losses.length > 0 && !acceptLosses) {
    throw new CommandFailure(
      `${file} cannot be imported, and nothing was written: mend what follows, or leave it out with --accept-losses\n` +
        losses.map((loss) => `  ${lossText(loss)}`).join('\n'),
    );
  }
  for (const loss of losses) io.err(`lost: ${lossText(loss)}; the default stands until it is set by hand\n`);
  if (output === undefined) return io.out(yaml);
  if (resolve(output) === resolve(file))
    throw new CommandFailure(`${output} is the file to import: write to another one`);
  try {
    await writeWholeFile(output, yaml, { over: force });
  } catch (error) {
    const hint = (error as NodeJS.ErrnoException).code === 'EEXIST' ? '; --force writes over it' : '';
    throw new CommandFailure(`${output} cannot be written: ${(error as Error).message}${hint}`, { cause: error });
  }
}

/** Where the service that is installed here keeps data and run files, said; undefined: its configuration does not tell. */
function placesOfService({ installedConfig: file, err }: CliIo): ServicePlaces | undefined {
  if (!existsSync(file)) return undefined;
  const byHand = 'data_dir and run_dir are not written; commands find the service by these, so add them by hand';
  try {
    // Without what surrounds whoever imports: only what the file names is the service's.
    const { config, origins } = loadConfig({ file, environment: {} });
    if (['data_dir', 'run_dir'].every((key) => origins.get(key)?.kind === 'file')) {
      err(`data_dir and run_dir are written as ${file} has them\n`);
      return { data_dir: config.data_dir, run_dir: config.run_dir };
    }
    err(`warning: ${byHand}: ${file} has them no more\n`);
  } catch (error) {
    err(`warning: ${byHand}: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  return undefined;
}

function importFile(file: string, places: ServicePlaces | undefined): ImportedConfig {
  try {
    return importSysConfig(readText(file), file, places);
  } catch (error) {
    throw new CommandFailure(`${file} cannot be imported: ${(error as Error).message}`, { cause: error });
  }
}
