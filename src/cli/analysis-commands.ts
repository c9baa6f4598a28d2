import type { Command } from 'commander';
import type { CliIo } from './cli-io.js';
import { ToldFailure } from './cli-io.js';
import type { DiffFiles } from './diff.js';
import type { ExplainFiles } from './explain.js';

/** `explain`. */
export function addExplain(program: Command, io: CliIo): void {
  program
    .command('explain')
    .description('what a ruleset does with packets: verdict and deciding line, as JSON')
    .requiredOption('--rules <file>', 'a text for iptables-restore or ip6tables-restore')
    .option('--sets <file>', 'a text for ipset restore')
    .requiredOption('--packets <file>', 'JSON: an array of packets, or of {"at_ms", "packet"} for a sequence')
    .action(async (files: ExplainFiles) => {
      const { explainCommand } = await import('./explain.js');
      told(await explainCommand(files, { write: io.out }, { write: io.err }));
    });
}

/** `diff`. */
export function addDiff(program: Command, io: CliIo): void {
  program
    .command('diff')
    .description('what a change of a ruleset opens and closes; exit 2 if anything')
    .requiredOption('--before <file>', 'the ruleset before')
    .requiredOption('--after <file>', 'the ruleset after')
    .option('--before-sets <file>', 'the sets before')
    .option('--after-sets <file>', 'the sets after')
    .option('--json', 'as JSON')
    .action(async (files: DiffFiles) => {
      const { diffCommand } = await import('./diff.js');
      told(await diffCommand(files, { write: io.out }, { write: io.err }));
    });
}

function told(exitCode: number): void {
  if (exitCode !== 0) throw new ToldFailure(exitCode);
}
