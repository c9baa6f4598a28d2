import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { PlanAnswer } from '../../http/plans/plan-answers.js';
import { type CliIo, CommandFailure } from '../cli-io.js';
import { WRONG_USE } from '../exit-codes.js';
import { type Api, apiOf } from '../remote/api-client.js';
import { type ApiFlags, withApiFlags } from '../remote/api-flags.js';
import { applyPlanOf, askForPlan } from './ask-for-plan.js';
import { printPlan } from './print-plan.js';
import { readTarget } from './read-target.js';

interface ApplyFlags extends ApiFlags {
  readonly override?: string;
  readonly replace?: true;
  readonly reason?: string;
  readonly yes?: true;
  readonly planId?: string;
}

/** What a plan's id looks like. */
const PLAN_ID = /^[0-9a-f]{64}$/;

/** `apply ID`: makes all writes of a plan, in one commit. `apply DIR`, `apply FILE`: plans, shows, asks, and applies that very plan. */
export function addApply(program: Command, io: CliIo): void {
  withApiFlags(program.command('apply'))
    .description(
      'make all writes of a plan, if nothing that it rests on moved on; of a file or a directory of policy: plan it, show that, ask, and make it; exit 1: refused',
    )
    .argument('<plan>', 'the id that `plan` printed, or what `plan` takes: a file or a directory')
    .option('--override <reason>', 'why it is made although something speaks against it')
    .option('--replace', 'of a file or a directory: as for `plan`')
    .option('--reason <text>', 'of a file or a directory: as for `plan`')
    .option('--plan-id <id>', 'of a file or a directory: only if this plan comes of it, the one that was looked at')
    .option('-y, --yes', 'of a file or a directory: do not ask')
    .action(async (target: string, flags: ApplyFlags) => {
      const api = await apiOf(flags, io);
      const planned = !PLAN_ID.test(target) || existsSync(target);
      const id = planned ? await planAndAsk(api, target, flags, io) : target;
      if (id === undefined) return;
      const answer = await applyPlanOf(api, id, flags.override);
      if (flags.json === true) return io.out(`${JSON.stringify(answer)}\n`);
      for (const { table, id: of, revision } of answer.revisions)
        io.out(`${revision === null ? 'removed' : 'written'} ${table} ${of}\n`);
      io.out('applied\n');
    });
}

/** Undefined: there is nothing to do. @throws CommandFailure when it is not to be done */
async function planAndAsk(api: Api, target: string, flags: ApplyFlags, io: CliIo): Promise<string | undefined> {
  if (flags.yes !== true && (io.ask === undefined || flags.json === true))
    throw new CommandFailure('nobody is there to ask: give --yes if it is to be applied without', {
      exitCode: WRONG_USE,
    });
  if (!existsSync(target))
    throw new CommandFailure(`${target} is neither the id of a plan nor a file or a directory that is there`);
  const plan = await askForPlan(api, await readTarget(target, flags));
  if (flags.json !== true) io.out(printPlan(plan));
  refuseOtherPlan(plan, flags.planId);
  if (plan.stores.length === 0) {
    if (flags.json === true) io.out(`${JSON.stringify({ applied: false, id: plan.id, revisions: [] })}\n`);
    return undefined;
  }
  if (flags.yes !== true) {
    const said = (await io.ask?.('apply it? [y/n] ')) ?? '';
    if (!/^y(es)?$/i.test(said.trim())) throw new CommandFailure('nothing was applied');
  }
  return plan.id;
}

function refuseOtherPlan({ id }: PlanAnswer, wanted: string | undefined): void {
  if (wanted === undefined || wanted === id) return;
  throw new CommandFailure(
    `nothing was applied: this is plan ${id}, not ${wanted}: the files or the server moved on since that was made; look at it again`,
  );
}
