import { HOST_STATES } from '../../host/host-state.js';
import type { JsonObject } from '../../model/document.js';
import { HASH_FIELDS } from '../../model/ruleset-variants.js';
import { GROUP_STATES } from '../../operations/fleet-answers.js';
import { GROUP_SORTS, HOST_SORTS } from '../../operations/fleet-pages.js';
import type { Operations } from '../../operations/operations.js';
import { notFound } from '../documents/find-document.js';
import { ApiError } from '../errors.js';
import { JSON_TYPE } from '../media-type.js';
import { questionRefused, stopFor } from '../questions/ask-fleet.js';
import { jsonReply, type Reply } from '../reply.js';
import type { Call, Parameter, Route } from '../route.js';
import {
  OFFSET_AND_LIMIT,
  offsetAndLimit,
  oneOf,
  pageAsked,
  pageParameters,
  searched,
  someOf,
} from './page-parameters.js';

export interface FleetPageNeeds {
  readonly operations: () => Pick<Operations, 'pages'>;
}

const common = {
  method: 'GET',
  version: 'v2',
  scope: 'read',
  answeredBy: 'leader',
  produces: [JSON_TYPE],
} as const;

const OBJECT = { type: 'object' } as const;

function textParameter(name: string, description: string): Parameter {
  return { name, description, schema: { type: 'string' } };
}

/**
 * The fleet page by page, sorted and searched (docs/http-api.md#pages-of-the-fleet). These routes come before the views
 * of lists and the sub-resources of groups, whose paths match too.
 */
export const fleetPageRoutes: readonly Route<FleetPageNeeds>[] = [
  {
    ...common,
    path: '/api/V2/fleet/hosts',
    id: 'v2.fleet.hosts',
    summary: 'A page of the hosts that match, sorted, and how many there are in each state',
    parameters: [
      textParameter('q', 'Only hosts with this in name, hostkey, group or an address'),
      textParameter('state', `Only hosts in these states, with commas between: ${HOST_STATES.join(', ')}`),
      textParameter('group', 'Only hosts of the group of this name'),
      {
        name: 'differing',
        description: 'Only hosts of which this hash differs from what they were sent',
        schema: { type: 'string', enum: [...HASH_FIELDS] },
      },
      ...pageParameters(HOST_SORTS),
    ],
    answers: { 200: { description: '`total`, `by_state`, `hosts`', schema: OBJECT } },
    refuses: ['bad_parameter'],
    async handle({ query }, { operations }) {
      const page = await operations().pages.hosts({
        q: searched(query, 'q'),
        states: someOf(query, 'state', HOST_STATES),
        group: query.has('group') ? searched(query, 'group') : undefined,
        differing: oneOf(query, 'differing', HASH_FIELDS),
        ...pageAsked(query, HOST_SORTS),
      });
      return jsonReply(page as unknown as JsonObject);
    },
  },
  {
    ...common,
    path: '/api/V2/fleet/groups',
    id: 'v2.fleet.groups',
    summary: 'A page of the groups that match, sorted, and how many there are in each state',
    parameters: [
      textParameter('q', 'Only groups with this in their name or that of their profile'),
      textParameter('state', `Only groups in these states, with commas between: ${GROUP_STATES.join(', ')}`),
      textParameter('profile', 'Only groups with the profile of this id or name'),
      textParameter('group', 'Only the group of this id or name'),
      ...pageParameters(GROUP_SORTS),
    ],
    answers: { 200: { description: '`total`, `by_state`, `groups`', schema: OBJECT } },
    refuses: ['bad_parameter'],
    async handle({ query }, { operations }) {
      const page = await operations().pages.groups({
        q: searched(query, 'q'),
        states: someOf(query, 'state', GROUP_STATES),
        profile: query.has('profile') ? searched(query, 'profile') : undefined,
        group: query.has('group') ? searched(query, 'group') : undefined,
        ...pageAsked(query, GROUP_SORTS),
      });
      return jsonReply(page as unknown as JsonObject);
    },
  },
  {
    ...common,
    path: '/api/V2/group/:id/lines',
    id: 'v2.group.lines',
    summary: 'The rules that hosts of a group are to have, line by line, with the rule that each line comes from',
    parameters: [textParameter('host', 'What this host of the group is to have, by id, hostkey or name')],
    answers: { 200: { description: '`texts`, `sets`', schema: OBJECT } },
    refuses: ['not_found', 'bad_parameter'],
    handle: lines,
  },
  {
    ...common,
    path: '/api/V2/sets/:name',
    id: 'v2.set',
    summary: 'A page of the addresses of a set, as it was published last',
    parameters: OFFSET_AND_LIMIT,
    answers: { 200: { description: '`total`, `addresses`', schema: OBJECT } },
    refuses: ['not_found', 'bad_parameter'],
    handle({ params, query }, { operations }) {
      const found = operations().pages.set(params['name'] ?? '', offsetAndLimit(query));
      if (found === undefined) throw new ApiError('not_found', { what: 'no set of this name is published' });
      return jsonReply(found as unknown as JsonObject);
    },
  },
];

async function lines(call: Call, { operations }: FleetPageNeeds): Promise<Reply> {
  const { params, query } = call;
  const host = query.has('host') ? searched(query, 'host') : undefined;
  try {
    const found = await operations().pages.lines(params['id'] ?? '', host, stopFor(call));
    if (found === 'unknown_group') throw notFound('group', 'with this id or name');
    if (found === 'unknown_host') throw notFound('host', 'of this group with this id, hostkey or name');
    return jsonReply(found as unknown as JsonObject);
  } catch (error) {
    throw questionRefused(error);
  }
}
