import type { Command } from 'commander';
import type { CliIo } from './cli-io.js';
import { CommandFailure, ToldFailure } from './cli-io.js';
import { WRONG_USE } from './exit-codes.js';
import type { DiffFiles } from './diff.js';
import type { ExplainFiles } from './explain.js';
import { withApiFlags } from './remote/api-flags.js';
import { explainRemote, type QuestionFlags, withQuestion } from './remote/questions.js';

type ExplainFlags = QuestionFlags & Partial<ExplainFiles>;

/** `explain`: of files, or of a running server. */
export function addExplain(program: Command, io: CliIo): void {
  withQuestion(withApiFlags(program.command('explain')), { ends: 'both' })
    .description(
      'tell what happens to connections between two ends of the fleet (--from, --to), or what a ruleset does with packets ' +
        '(--rules, --packets; JSON): verdicts and the lines that decide',
    )
    .option('--rules <file>', 'a text for iptables-restore or ip6tables-restore')
    .option('--sets <file>', 'a text for ipset restore')
    .option('--packets <file>', 'JSON: an array of packets, or of {"at_ms", "packet"} for a sequence')
    .option('--foreign', 'the rules are iptables-save of a host: lines that are not understood are listed; exit 3')
    .action(async (flags: ExplainFlags) => {
      const { rules, packets, sets, foreign } = flags;
      if (rules === undefined && packets === undefined && sets === undefined && foreign === undefined) {
        await explainRemote(flags, io);
        return;
      }
      if (flags.from !== undefined || flags.to !== undefined)
        throw new CommandFailure('give --from and --to, or --rules and --packets, not both', { exitCode: WRONG_USE });
      if (rules === undefined || packets === undefined)
        throw new CommandFailure('give --rules and --packets', { exitCode: WRONG_USE });
      const { explainCommand } = await import('./explain.js');
      const files = { rules, packets, foreign: foreign === true, ...(sets === undefined ? {} : { sets }) };
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
    .option('--foreign', 'both are iptables-save of hosts: lines that are not understood are listed; exit 3, or 2')
    .action(async (files: DiffFiles) => {
      const { diffCommand } = await import('./diff.js');
      told(await diffCommand(files, { write: io.out }, { write: io.err }));
    });
}

function told(exitCode: number): void {
  if (exitCode !== 0) throw new ToldFailure(exitCode);
}
