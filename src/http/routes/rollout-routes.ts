import { ROLLOUT_COMMANDS, type RolloutCommand } from '../../actors/rollouts/rollout-messages.js';
import type { JsonObject } from '../../model/document.js';
import type { Operations } from '../../operations/operations.js';
import { ROLLOUT_STATES } from '../../rollout/rollout.js';
import { readRolloutPolicy, RolloutPolicyError, type RolloutPolicy } from '../../rollout/rollout-policy.js';
import { readReason } from '../documents/reason.js';
import { ApiError } from '../errors.js';
import { JSON_TYPE, TEXT_TYPE } from '../media-type.js';
import { planObject } from '../plans/read-writes.js';
import { emptyReply, jsonReply, type Reply } from '../reply.js';
import type { Call, Parameter, Route } from '../route.js';

export interface RolloutNeeds {
  readonly operations: () => Pick<Operations, 'rollouts'>;
}

const ANY = { type: 'object' } as const;
const LIST = { 200: { description: 'The list', schema: { type: 'array', items: ANY } } } as const;
const STATE: Parameter = {
  name: 'state',
  description: `Only rollouts in this state: ${ROLLOUT_STATES.join(', ')}`,
  schema: { type: 'string', enum: [...ROLLOUT_STATES] },
};
const REASON = { type: 'object', properties: { reason: { type: 'string' } }, required: ['reason'] } as const;

type Differing = Pick<Route<RolloutNeeds>, 'method' | 'path' | 'id' | 'summary' | 'handle'> &
  Partial<Route<RolloutNeeds>>;

function route(differing: Differing): Route<RolloutNeeds> {
  return {
    version: 'v2',
    scope: differing.method === 'GET' ? 'read' : 'write',
    answeredBy: 'leader',
    produces: [JSON_TYPE, TEXT_TYPE],
    answers: { 200: { description: 'The answer', schema: ANY } },
    ...differing,
  };
}

const SUMMARIES: Readonly<Record<RolloutCommand, string>> = {
  pause: 'Stops a rollout where it is: hosts keep what they have',
  resume: 'Lets a rollout go on that stands still; one that was rolled back begins anew',
  abort: 'Gives hosts back what they had, in any state of a rollout',
  promote: 'Lets a rollout go to all hosts as soon as one has shown it',
};

/** Changes of a group's rules that go to its hosts in steps (docs/rollout.md). */
export const rolloutRoutes: readonly Route<RolloutNeeds>[] = [
  route({
    method: 'GET',
    path: '/api/V2/rollouts',
    id: 'v2.rollouts',
    summary: 'Rollouts, newest first',
    parameters: [STATE],
    answers: LIST,
    handle: list,
  }),
  route({
    method: 'GET',
    path: '/api/V2/rollout/:id',
    id: 'v2.rollout',
    summary: 'One rollout, with its hosts',
    refuses: ['not_found'],
    handle: read,
  }),
  ...ROLLOUT_COMMANDS.map((command) =>
    route({
      method: 'POST',
      path: `/api/V2/rollout/:id/${command}`,
      id: `v2.rollout.${command}`,
      summary: SUMMARIES[command],
      takes: { kind: 'json', parsedFirst: false, schema: REASON },
      refuses: ['not_found', 'rollout_state'],
      handle: (call, needs) => order(call, needs, command),
    }),
  ),
  route({
    method: 'GET',
    path: '/api/V2/rollout-policies',
    id: 'v2.rollout-policies',
    summary: 'How changes of each group reach its hosts',
    answers: LIST,
    handle: (_call, { operations }) => jsonReply(operations().rollouts.policies()),
  }),
  route({
    method: 'GET',
    path: '/api/V2/rollout-policy/:group',
    id: 'v2.rollout-policy',
    summary: 'How changes of a group (by id or name) reach its hosts',
    refuses: ['not_found'],
    handle: (call, needs) => jsonReply(policyOf(call, needs)),
  }),
  route({
    method: 'PUT',
    path: '/api/V2/rollout-policy/:group',
    id: 'v2.rollout-policy.set',
    summary: 'Has changes of a group go in steps',
    takes: { kind: 'json', parsedFirst: false, schema: ANY },
    refuses: ['not_found'],
    handle: setPolicy,
  }),
  route({
    method: 'DELETE',
    path: '/api/V2/rollout-policy/:group',
    id: 'v2.rollout-policy.remove',
    summary: 'A group has no policy of its own any more',
    answers: { 204: { description: 'It has none' } },
    refuses: ['not_found'],
    async handle(call, needs) {
      await needs.operations().rollouts.setPolicy(policyOf(call, needs).group_id, undefined, call.author);
      return emptyReply;
    },
  }),
];

async function list(call: Call, { operations }: RolloutNeeds): Promise<Reply> {
  const asked = call.query.get('state');
  const state = ROLLOUT_STATES.find((one) => one === asked);
  if (asked !== null && state === undefined)
    throw new ApiError('bad_parameter', { name: 'state', reason: `must be one of ${ROLLOUT_STATES.join(', ')}` });
  return jsonReply(await operations().rollouts.list(state));
}

async function read(call: Call, { operations }: RolloutNeeds): Promise<Reply> {
  const rollout = await operations().rollouts.get(call.params['id'] ?? '');
  if (rollout === undefined) throw new ApiError('not_found', { what: 'there is no rollout with this id' });
  return jsonReply(rollout);
}

async function order(call: Call, { operations }: RolloutNeeds, command: RolloutCommand): Promise<Reply> {
  const id = call.params['id'] ?? '';
  const reason = readReason(planObject(call.body)['reason'], 'reason');
  if (reason === undefined) throw new ApiError('bad_request', { reason: 'reason is missing: say why' });
  const { rollouts } = operations();
  const answer = await rollouts.order(id, command, { author: call.author, reason });
  if (answer === 'unknown') throw new ApiError('not_found', { what: 'there is no rollout with this id' });
  if (!answer.ok) throw new ApiError('rollout_state', { reason: answer.why });
  return jsonReply((await rollouts.get(id)) ?? null);
}

function policyOf(call: Call, { operations }: RolloutNeeds) {
  const found = operations().rollouts.policy(call.params['group'] ?? '');
  if (found === undefined) throw new ApiError('not_found', { what: 'there is no group with this id or name' });
  return found;
}

async function setPolicy(call: Call, needs: RolloutNeeds): Promise<Reply> {
  const { group_id: groupId } = policyOf(call, needs);
  const policy = readPolicy(planObject(call.body));
  await needs.operations().rollouts.setPolicy(groupId, policy, call.author);
  return jsonReply(policyOf(call, needs));
}

function readPolicy(body: JsonObject): RolloutPolicy {
  try {
    return readRolloutPolicy(body);
  } catch (error) {
    if (error instanceof RolloutPolicyError)
      throw new ApiError('bad_request', { reason: `${error.where}: ${error.message}` });
    throw error;
  }
}
