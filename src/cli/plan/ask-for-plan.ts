import type { PlanAnswer } from '../../http/plans/plan-answers.js';
import { counted } from '../../model/counted.js';
import type { JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { PolicyProblem } from '../../policy-files/policy-problem.js';
import { witnessText } from '../assertions/witness-text.js';
import { CommandFailure } from '../cli-io.js';
import { type Api, ApiRefusal } from '../remote/api-client.js';
import { shaped, shapedList } from '../remote/shape.js';
import type { PlanTarget } from './read-target.js';

/** A whole policy may be planned: longer than for other questions. */
const TIMEOUT_MS = 300_000;
const PATH = '/api/V2/plan';

/** What `apply` of a plan answers. */
interface Applied {
  readonly revisions: readonly {
    readonly table: string;
    readonly id: string;
    /** Null: the document is removed. */
    readonly revision: number | null;
  }[];
}

/** Asks for a plan. @throws CommandFailure that says what refuses it */
export async function askForPlan(api: Api, { body, faultText }: PlanTarget): Promise<PlanAnswer> {
  const answer = await refusedInWords(() => api.post(PATH, body, { timeoutMs: TIMEOUT_MS }), faultText);
  return shapedPlan(answer, api.url + PATH);
}

/** Makes all that a plan would. @throws CommandFailure that says what refuses it */
export async function applyPlanOf(api: Api, id: string, override: string | undefined): Promise<Applied> {
  const path = `${PATH}/${encodeURIComponent(id)}/apply`;
  const body = override === undefined ? {} : { override: { reason: override } };
  const answer = await refusedInWords(() => api.post(path, body, { timeoutMs: TIMEOUT_MS }));
  const { revisions } = shaped<Applied>(answer, { revisions: 'list' }, api.url + path);
  shapedList(revisions, { table: 'string', id: 'string' }, api.url + path);
  return { revisions };
}

/** Holds an answer to what is printed of it. */
function shapedPlan(answer: unknown, what: string): PlanAnswer {
  const plan = shaped<PlanAnswer>(
    answer,
    { id: 'string', stores: 'list', groups: 'list', sets: 'list', warnings: 'list', hosts_touched: 'number' },
    what,
  );
  shaped(plan, { assertions: 'list', guards: 'list' }, what);
  shapedList(plan.stores, { table: 'string', id: 'string', becomes: 'string' }, `${what}, stores`);
  const flows = { opens: 'list', closes: 'list', changes: 'list' } as const;
  const group = { name: 'string', hosts: 'number', 'v4.diff': 'string', 'v6.diff': 'string', ...flows } as const;
  for (const { opens, closes, changes } of shapedList<PlanAnswer['groups'][number]>(
    plan.groups,
    group,
    `${what}, groups`,
  ))
    shapedList(
      [...opens, ...closes, ...changes],
      { 'peer.addresses': 'list', 'peer.count': 'string' },
      `${what}, flows`,
    );
  const set = {
    name: 'string',
    added: 'list',
    removed: 'list',
    added_count: 'number',
    removed_count: 'number',
  } as const;
  shapedList(plan.sets, set, `${what}, sets`);
  const judged = { name: 'string', before: 'string', after: 'string' } as const;
  shapedList([...plan.assertions, ...plan.guards], judged, `${what}, assertions and guards`);
  shapedList(plan.warnings, { code: 'string', message: 'string' }, `${what}, warnings`);
  return plan;
}

async function refusedInWords(
  ask: () => Promise<unknown>,
  faultText?: (problem: PolicyProblem) => string,
): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    // Who asks is not known: that is told as for every command.
    if (!(error instanceof ApiRefusal) || error.body === null || error.status === 401) throw error;
    throw new CommandFailure(refusalText(error.body as JsonObject, faultText), { cause: error });
  }
}

function refusalText(body: JsonObject, faultText?: (problem: PolicyProblem) => string): string {
  const { error, code, ...more } = body;
  const problems = asRows(more['problems']) as unknown as readonly PolicyProblem[];
  if (problems.length > 0 && faultText !== undefined) {
    const count = Number(more['problem_count'] ?? problems.length);
    const rest = count > problems.length ? [`  and ${count - problems.length} more`] : [];
    return [`refused: ${counted(count, 'fault')}`, ...problems.map((one) => `  ${faultText(one)}`), ...rest].join('\n');
  }
  const broken = [...asRows(more['assertions']), ...asRows(more['guards'])];
  if (broken.length === 0) return `refused: ${JSON.stringify(error)} (${JSON.stringify(code)}) ${JSON.stringify(more)}`;
  return [
    `refused: ${textOf(error)}`,
    ...broken.flatMap(({ name, witness, reason }) => [
      `  ${textOf(name)}`,
      ...(witness === null || witness === undefined ? [] : [`    ${witnessText(witness as JsonObject)}`]),
      ...(typeof reason === 'string' ? [`    ${reason}`] : []),
    ]),
    'give --override REASON if it is meant',
  ].join('\n');
}

function asRows(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonObject[]) : [];
}
