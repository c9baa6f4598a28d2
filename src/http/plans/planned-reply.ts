import type { Resource } from '../../model/document.js';
import { ApiError } from '../errors.js';
import { jsonReply, type Reply } from '../reply.js';
import type { Call, Parameter } from '../route.js';
import { BASE } from '../routes/api-base.js';
import { draftWrites } from './draft-writes.js';
import { makePlan, type PlanNeeds } from './make-plan.js';
import { type PlannedWrite } from './read-writes.js';
import { readReason } from '../documents/reason.js';

/** The parameter of writes that asks for a plan. */
export const PLAN: Parameter = {
  name: 'plan',
  description: 'true: nothing is written; the answer is the plan of this write',
  schema: { enum: ['true', 'false'] },
};

/** Whether a write is to be planned, not made. Throws 400 for a value that is neither true nor false. */
export function wantsPlan({ query }: Pick<Call, 'query'>): boolean {
  const value = query.get('plan');
  if (value === null || value === 'false') return false;
  if (value === 'true') return true;
  throw new ApiError('bad_parameter', { name: 'plan', reason: 'must be true or false' });
}

/** Answers a write with what it would do. */
export async function plannedReply(call: Call, resource: Resource, needs: PlanNeeds): Promise<Reply> {
  const { id } = call.params;
  const write: PlannedWrite = {
    method: call.method as PlannedWrite['method'],
    path: id === undefined ? `${BASE.v2}/${resource}` : `${BASE.v2}/${resource}/${encodeURIComponent(id)}`,
    resource,
    id,
    body: call.body,
  };
  const reason = readReason(call.query.get('reason') ?? undefined, 'query parameter reason');
  const { 'if-match': wanted } = call.headers;
  const drafted = await draftWrites(call, [write], wanted === undefined ? {} : { 'if-match': wanted });
  return jsonReply(await makePlan(call, needs, { drafted, reason }));
}
