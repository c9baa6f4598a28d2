import type { Json } from '../../model/document.js';
import { planId, plannedRows, type PlanRecord } from '../../plan/plan-record.js';
import { shipsOf } from '../../plan/ships.js';
import { draftStore } from '../../store/draft-store.js';
import { importPolicy } from '../../transfer/import-policy.js';
import { policyFileFromJson, PolicyFileError } from '../../transfer/policy-file.js';
import { checkSlices } from '../checks/check-slices.js';
import { ApiError } from '../errors.js';
import type { HttpConfig } from '../http-config.js';
import type { Call } from '../route.js';
import { draftFiles } from './draft-files.js';
import { type Drafted, draftWrites } from './draft-writes.js';
import { keepPlan } from './kept-plans.js';
import { planAnswer } from './plan-answer.js';
import type { PlanAnswer } from './plan-answers.js';
import { planObject, readWrites } from './read-writes.js';
import { readReason } from '../documents/reason.js';

/** What routes of plans use. */
export interface PlanNeeds {
  readonly config: Pick<HttpConfig, 'plan'>;
}

/** What a plan would do. */
export interface WantedPlan {
  readonly drafted: Drafted;
  readonly reason: string | undefined;
}

/**
 * Reads the body of `POST /api/V2/plan`: a list of writes, a whole policy as `dog-trainer export` writes it, or the
 * files of a directory of policy, and makes it in a draft. Throws what the first write that fails is refused with.
 */
export async function draftBody(call: Call, { config }: PlanNeeds): Promise<WantedPlan> {
  const body = planObject(call.body);
  const reason = readReason(body['reason'], 'reason');
  const given = ['writes', 'policy', 'files'].filter((key) => Object.hasOwn(body, key));
  if (given.length > 1) throw new ApiError('bad_request', { reason: `send ${given.join(' or ')}, not both` });
  const { replace = false } = body;
  if (typeof replace !== 'boolean') throw new ApiError('bad_request', { reason: 'replace must be true or false' });
  if (given[0] === 'files') return { drafted: await draftFiles(call, body['files'], replace), reason };
  if (given[0] === 'policy') {
    return { drafted: await draftFile(call, body['policy'] as Json, replace), reason };
  }
  return { drafted: await draftWrites(call, readWrites(body['writes'], config.plan.writes_max)), reason };
}

async function draftFile(call: Call, file: Json, replace: boolean): Promise<Drafted> {
  const draft = draftStore(call.deps.store);
  try {
    const { clashes } = await importPolicy(draft, policyFileFromJson(file), {
      author: call.author,
      dryRun: false,
      replace,
    });
    const [clash] = clashes;
    if (clash !== undefined)
      throw new ApiError('exists', {}, { body: { field: clash.field, id: clash.holder, resource: clash.resource } });
  } catch (error) {
    if (error instanceof PolicyFileError)
      throw new ApiError('bad_request', { reason: error.message }, { cause: error });
    throw error;
  }
  return { draft, writes: [] };
}

/** Works out a plan, keeps it, and gives its answer. */
export async function makePlan(
  call: Call,
  { config }: PlanNeeds,
  { drafted, reason }: WantedPlan,
): Promise<PlanAnswer> {
  const { draft, writes } = drafted;
  const { foresight } = call.deps.runtime;
  const [assertions, { guards }] = await Promise.all([draft.list('assertion'), foresight.guards()]);
  const shipment = await foresight.wouldShip(draft.rows(), {
    effects: true,
    judged: { assertions: assertions.map(({ doc }) => doc), guards, which: 'touched' },
  });
  const rows = plannedRows(draft.rows());
  const ships = shipsOf(shipment);
  const record: PlanRecord = {
    id: planId(rows, ships),
    made_at: call.now,
    expires_at: call.now + Math.ceil(config.plan.keep_seconds),
    author: call.author,
    reason: reason ?? null,
    writes: writes.map(({ write: { method, path, body } }) => ({ method, path, body })),
    rows,
    ships,
    ...(drafted.checked === true ? { checked: true } : {}),
  };
  await keepPlan(call.deps.store, record, { most: config.plan.kept_max, now: call.now });
  return checkSlices.run(planAnswer({ record, writes, rows: draft.rows(), shipment }));
}
