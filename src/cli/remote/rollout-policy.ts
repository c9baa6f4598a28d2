import { Option, type Command } from 'commander';
import type { JsonObject } from '../../model/document.js';
import type { RolloutPolicyAnswer } from '../../operations/rollouts/rollout-answers.js';
import { readRolloutPolicy, readStepTexts, RolloutPolicyError, stepText } from '../../rollout/rollout-policy.js';
import { CommandFailure, type CliIo } from '../cli-io.js';
import { WRONG_USE } from '../exit-codes.js';
import { readJsonFile } from '../read-json-file.js';
import { apiOf, type Api } from './api-client.js';
import { withApiFlags, type ApiFlags } from './api-flags.js';
import { printFields } from './print-fields.js';
import { shaped, shapedList } from './shape.js';
import { printTable } from './table.js';

interface PolicyFlags extends ApiFlags {
  readonly file?: string;
  readonly steps?: string;
  readonly deadline?: string;
  readonly bake?: string;
  readonly tolerate?: string;
  readonly onFailure?: 'roll_back' | 'pause';
  readonly remove?: true;
}

/** `rollout-policy [GROUP]`: how changes of groups reach their hosts (docs/rollout.md#policy). */
export function addRolloutPolicy(program: Command, io: CliIo): void {
  withApiFlags(program.command('rollout-policy'))
    .description('show, set or remove how changes of a group reach its hosts; without a group: of all groups')
    .argument('[group]', 'its name or id')
    .option('--file <file>', 'set it to what this file of JSON says')
    .option('--steps <steps>', 'set how many hosts have it after each step, such as 1,10%,50%,all')
    .option('--deadline <seconds>', 'so many seconds a host has to show the new rules')
    .option('--bake <reports>', 'so many further reports of a host must show them')
    .option('--tolerate <percent>', 'after the first step, so many of a hundred hosts may fail')
    .addOption(new Option('--on-failure <what>', 'what happens when one fails').choices(['roll_back', 'pause']))
    .option('--remove', 'the group has none of its own any more')
    .addHelpText(
      'after',
      '\nWhat is left out when one is set: 1,1% at least 3,10%,50%,all; 165 s; 2 reports; roll_back.',
    )
    .action(async (group: string | undefined, flags: PolicyFlags) => {
      const wanted = await wantedPolicy(flags);
      const writes = wanted !== undefined || flags.remove === true;
      if (wanted !== undefined && flags.remove === true)
        throw new CommandFailure('set a policy, or --remove it', { exitCode: WRONG_USE });
      if (group === undefined && writes) throw new CommandFailure('name the group', { exitCode: WRONG_USE });
      const api = await apiOf(flags, io);
      if (group === undefined) return printAll(io, await all(api), flags);
      const path = `/api/V2/rollout-policy/${encodeURIComponent(group)}`;
      if (wanted !== undefined) await api.put(path, wanted);
      if (flags.remove === true) await api.remove(path);
      printOne(io, shaped<RolloutPolicyAnswer>(await api.get(path), { group: 'string' }, api.url + path), flags);
    });
}

/** What the command line sets it to, checked before anything is sent; undefined: nothing. */
async function wantedPolicy(flags: PolicyFlags): Promise<JsonObject | undefined> {
  const { file, steps, deadline, bake, tolerate, onFailure } = flags;
  const parts: JsonObject = {
    ...(steps === undefined ? {} : { steps: stepsOf(steps) }),
    ...(deadline === undefined ? {} : { deadline_seconds: whole(deadline, '--deadline') }),
    ...(bake === undefined ? {} : { bake_keepalives: whole(bake, '--bake') }),
    ...(tolerate === undefined ? {} : { tolerate_percent: whole(tolerate, '--tolerate') }),
    ...(onFailure === undefined ? {} : { on_failure: onFailure }),
  };
  const given = Object.keys(parts).length > 0;
  if (file !== undefined && given)
    throw new CommandFailure('give --file, or the parts of the policy, not both', { exitCode: WRONG_USE });
  if (file === undefined && !given) return undefined;
  const policy = file === undefined ? parts : await readJsonFile(file);
  try {
    readRolloutPolicy(policy);
  } catch (error) {
    if (!(error instanceof RolloutPolicyError)) throw error;
    throw new CommandFailure(`${file ?? 'the policy'}: ${error.where}: ${error.message}`, {
      exitCode: WRONG_USE,
      cause: error,
    });
  }
  return policy as JsonObject;
}

function stepsOf(text: string): readonly JsonObject[] {
  try {
    return readStepTexts(text.split(',').map((one) => one.trim())).map((step): JsonObject => ({ ...step }));
  } catch (error) {
    if (!(error instanceof RolloutPolicyError)) throw error;
    throw new CommandFailure(`--steps: ${error.where}: ${error.message}`, { exitCode: WRONG_USE, cause: error });
  }
}

function whole(text: string, flag: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new CommandFailure(`${flag}: ${text} is not a whole number`, { exitCode: WRONG_USE });
  return Number(text);
}

async function all(api: Api): Promise<readonly RolloutPolicyAnswer[]> {
  const path = '/api/V2/rollout-policies';
  return shapedList<RolloutPolicyAnswer>(await api.get(path), { group: 'string' }, api.url + path);
}

function printAll(io: CliIo, answers: readonly RolloutPolicyAnswer[], { json }: ApiFlags): void {
  if (json === true) {
    io.out(`${JSON.stringify(answers)}\n`);
    return;
  }
  printTable(
    io,
    ['group', 'changes go', 'whose policy'],
    answers.map((answer) => [answer.group, wayOf(answer), sourceOf(answer)]),
  );
}

function printOne(io: CliIo, answer: RolloutPolicyAnswer, { json }: ApiFlags): void {
  if (json === true) {
    io.out(`${JSON.stringify(answer)}\n`);
    return;
  }
  const { used } = answer;
  printFields(io, [
    ['group', answer.group],
    ['changes go', wayOf(answer)],
    ['whose policy', sourceOf(answer)],
    ...(used === null
      ? []
      : ([
          ['bake_keepalives', String(used.bake_keepalives)],
          ['deadline_seconds', String(used.deadline_seconds)],
          ['on_failure', used.on_failure],
          ['tolerate_percent', String(used.tolerate_percent)],
        ] as const)),
  ]);
}

function wayOf({ used }: RolloutPolicyAnswer): string {
  return used === null ? 'to all hosts at once' : `in steps: ${used.steps.map(stepText).join(', ')}`;
}

function sourceOf({ own, used }: RolloutPolicyAnswer): string {
  if (own !== null) return "the group's own";
  return used === null ? '-' : 'that of the configuration';
}
