import type { JsonObject } from '../../model/document.js';
import type { Operations } from '../../operations/operations.js';
import { JSON_TYPE } from '../media-type.js';
import { jsonReply } from '../reply.js';
import type { Route } from '../route.js';
import { wholeNumber } from './whole-number.js';

const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;

export interface FleetNeeds {
  readonly operations: () => Pick<Operations, 'fleet'>;
}

const common = {
  method: 'GET',
  version: 'v2',
  scope: 'read',
  answeredBy: 'leader',
  produces: [JSON_TYPE],
} as const;

/**
 * The fleet as a whole, for operators (docs/http-api.md#the-fleet). Only the leader's actors know it. These routes come
 * before the views of lists, whose paths match too.
 */
export const fleetRoutes: readonly Route<FleetNeeds>[] = [
  {
    ...common,
    path: '/api/V2/status',
    id: 'v2.status',
    summary: 'Whether all is well, and what is not: server, publishing, hosts, groups, alarms',
    answers: { 200: { description: 'The status', schema: { type: 'object' } } },
    handle: (_call, { operations }) => jsonReply(operations().fleet.status() as unknown as JsonObject),
  },
  {
    ...common,
    path: '/api/V2/drift',
    id: 'v2.drift',
    summary: 'Hosts that have other rules or sets than they were sent, by name',
    parameters: [
      { name: 'group', description: 'Only hosts of the group of this name', schema: { type: 'string' } },
      {
        name: 'limit',
        description: `At most so many, by default ${DEFAULT_LIMIT}; \`total\` counts all`,
        schema: { type: 'integer', minimum: 1 },
      },
    ],
    answers: { 200: { description: '`total`, `converging`, `hosts`', schema: { type: 'object' } } },
    refuses: ['bad_parameter'],
    handle({ query }, { operations }) {
      const group = query.get('group');
      const limit = wholeNumber(query, 'limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT;
      const found = operations().fleet.drifted({ limit, ...(group === null ? {} : { group }) });
      return jsonReply(found as unknown as JsonObject);
    },
  },
  {
    ...common,
    path: '/api/V2/groups/status',
    id: 'v2.group.status-list',
    summary: 'Every group with the state of its ruleset and how many of its hosts drifted or fell silent',
    answers: { 200: { description: 'The groups', schema: { type: 'array', items: { type: 'object' } } } },
    handle: (_call, { operations }) => jsonReply(operations().fleet.groups() as unknown as JsonObject[]),
  },
];
