import type { LoadedConfig } from '../config/load.js';
import { lookBeforeStart } from '../server/checks/look-before-start.js';
import { tryWhatStartTakes } from '../server/checks/try-what-start-takes.js';
import { CommandFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';

/**
 * Says whether a start with this configuration would succeed, by the code that a start reads its files with. What the
 * server that runs here already has (its ports, its directories) is a warning only: a restart frees it.
 * @throws CommandFailure with exit code 1, a line for each thing that is wrong, each beginning with its key
 */
export async function checkConfig(
  { config, warnings }: LoadedConfig,
  io: CliIo,
  { observe }: { readonly observe: boolean },
): Promise<void> {
  const { faults, notes } = await lookBeforeStart(config, { observe });
  const tried = await tryWhatStartTakes(config, { observe });
  // What cannot even be read needs no trying.
  const all = [...faults, ...tried.faults.filter(({ where }) => faults.every((fault) => fault.where !== where))];
  const free = all.filter(({ taken }) => taken && tried.running);
  const wrong = new Set(all.filter((fault) => !free.includes(fault)).map(({ message }) => message));
  for (const warning of [...warnings, ...notes]) io.err(`warning: ${warning}\n`);
  for (const { message } of free) io.err(`warning: ${message}. It may be the server that runs here already\n`);
  if (wrong.size > 0)
    throw new CommandFailure([...wrong].map((text) => `a start would fail: ${text}`).join('\ndog-trainer: '));
  io.out('the configuration is valid\n');
}
