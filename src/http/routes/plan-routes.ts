import type { Operations } from '../../operations/operations.js';
import { applyPlan } from '../plans/apply-plan.js';
import { draftBody, makePlan, type PlanNeeds } from '../plans/make-plan.js';
import { JSON_TYPE, TEXT_TYPE } from '../media-type.js';
import { jsonReply } from '../reply.js';
import type { Route } from '../route.js';

/** What these routes use. */
export interface PlanRouteNeeds extends PlanNeeds {
  readonly operations: () => Pick<Operations, 'foresight'>;
}

const ANY = { type: 'object' } as const;

/** Plans: what writes would do, and making them as one (docs/http-api.md#plans). */
export const planRoutes: readonly Route<PlanRouteNeeds>[] = [
  {
    method: 'POST',
    path: '/api/V2/plan',
    version: 'v2',
    id: 'v2.plan.make',
    summary: 'What a list of writes, or a whole policy, would change on hosts; nothing is written',
    scope: 'read',
    produces: [JSON_TYPE, TEXT_TYPE],
    takes: {
      kind: 'json',
      parsedFirst: false,
      schema: {
        type: 'object',
        properties: {
          writes: { type: 'array', minItems: 1, items: ANY },
          policy: ANY,
          replace: { type: 'boolean' },
          reason: { type: 'string' },
        },
      },
    },
    answers: { 200: { description: 'The plan', schema: ANY } },
    refuses: ['data_invalid', 'exists', 'not_found', 'not_updated', 'not_found_on_update', 'in_use', 'builtin'],
    handle: async (call, needs) => jsonReply(await makePlan(call, needs, await draftBody(call, needs))),
  },
  {
    method: 'POST',
    path: '/api/V2/plan/:id/apply',
    version: 'v2',
    id: 'v2.plan.apply',
    summary: 'Makes all writes of a plan in one commit, if nothing that it rests on moved on',
    scope: 'write',
    produces: [JSON_TYPE, TEXT_TYPE],
    takes: { kind: 'json', parsedFirst: false, schema: { type: 'object', properties: { override: ANY } } },
    answers: { 200: { description: 'They are made', schema: ANY } },
    refuses: ['not_found', 'plan_stale', 'assertion_broken', 'guard_broken'],
    handle: async (call, needs) => jsonReply(await applyPlan(call, needs)),
  },
];
