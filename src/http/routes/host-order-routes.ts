import type { JsonObject } from '../../model/document.js';
import { isObject } from '../../model/validate.js';
import type { Operations } from '../../operations/operations.js';
import { notFound } from '../documents/find-document.js';
import { ApiError } from '../errors.js';
import { JSON_TYPE } from '../media-type.js';
import { jsonReply, type Reply } from '../reply.js';
import type { Call, Route } from '../route.js';

export interface HostOrderNeeds {
  readonly operations: () => Pick<Operations, 'hostOrders'>;
}

const common = { version: 'v2', answeredBy: 'leader', produces: [JSON_TYPE] } as const;
const OBJECT = { type: 'object' } as const;
const NO_MEMBERS = { kind: 'json', parsedFirst: false, schema: { type: 'object', properties: {} } } as const;

/**
 * The queues of one host, and what an operator may have done to it (docs/http-api.md#one-host). These routes come before
 * the sub-resources of documents, whose paths match too.
 */
export const hostOrderRoutes: readonly Route<HostOrderNeeds>[] = [
  {
    ...common,
    method: 'GET',
    path: '/api/V2/host/:id/queues',
    id: 'v2.host.queues',
    summary: "How many messages wait for a host's agent, as the broker's management API says",
    scope: 'read',
    answers: { 200: { description: '`configured`, `queues`, `error`', schema: OBJECT } },
    refuses: ['not_found'],
    async handle({ params }, { operations }) {
      return replyOf(await operations().hostOrders.queues(params['id'] ?? ''));
    },
  },
  {
    ...common,
    method: 'POST',
    path: '/api/V2/host/:id/send',
    id: 'v2.host.send',
    summary: 'Sends a host the rules and sets that it is to have once more',
    scope: 'write',
    takes: NO_MEMBERS,
    answers: { 200: { description: '`sent`, `why`', schema: OBJECT } },
    refuses: ['not_found'],
    async handle(call, { operations }) {
      checkEmpty(call);
      return replyOf(await operations().hostOrders.send(call.params['id'] ?? '', call.author));
    },
  },
  {
    ...common,
    method: 'POST',
    path: '/api/V2/host/:id/reconnect',
    id: 'v2.host.reconnect',
    summary: "Closes the connection of a host's agent at the broker, so that it makes another",
    scope: 'write',
    takes: NO_MEMBERS,
    answers: { 200: { description: '`closed`', schema: OBJECT } },
    refuses: ['not_found', 'no_management_api'],
    async handle(call, { operations }) {
      checkEmpty(call);
      const closed = await operations().hostOrders.reconnect(call.params['id'] ?? '', call.author);
      if (closed === 'not_configured') throw new ApiError('no_management_api');
      return replyOf(closed);
    },
  },
];

function replyOf(found: object | undefined): Reply {
  if (found === undefined) throw notFound('host', 'with this id, hostkey or name');
  return jsonReply(found as JsonObject);
}

function checkEmpty({ body }: Call): void {
  if (isObject(body) && Object.keys(body).length === 0) return;
  throw new ApiError('bad_request', { reason: 'give an object without members: {}' });
}
