import type { Command } from 'commander';
import { type CliIo, ToldFailure } from '../cli-io.js';
import { DIFFERENT } from '../exit-codes.js';
import { apiOf } from '../remote/api-client.js';
import { type ApiFlags, withApiFlags } from '../remote/api-flags.js';
import { askForPlan } from './ask-for-plan.js';
import { printPlan } from './print-plan.js';
import { readTarget } from './read-target.js';

interface PlanFlags extends ApiFlags {
  readonly replace?: true;
  readonly reason?: string;
}

/** `plan FILE`, `plan DIR`: what it would change. Exit 0: nothing, 2: something, any other: it was not planned. */
export function addPlan(program: Command, io: CliIo): void {
  withApiFlags(program.command('plan'))
    .description(
      'show what a file or a directory of policy would change on hosts; nothing is written; exit 0: nothing, 2: something, any other: not planned',
    )
    .argument(
      '<file or directory>',
      'what `export` wrote, as one file or as a directory, or a JSON list of {"method", "path", "body"}',
    )
    .option('--replace', 'of an exported policy: also remove what is not in it (of a directory: of the kinds it holds)')
    .option('--reason <text>', 'why; it is shown with the revisions that come of it')
    .action(async (target: string, flags: PlanFlags) => {
      const plan = await askForPlan(await apiOf(flags, io), await readTarget(target, flags));
      io.out(flags.json === true ? `${JSON.stringify(plan)}\n` : printPlan(plan));
      if (plan.stores.length > 0) throw new ToldFailure(DIFFERENT);
    });
}
