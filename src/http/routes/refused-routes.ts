import type { JsonObject } from '../../model/document.js';
import type { Operations } from '../../operations/operations.js';
import { ApiError } from '../errors.js';
import { JSON_TYPE } from '../media-type.js';
import { emptyReply, jsonReply } from '../reply.js';
import type { Route } from '../route.js';

export interface RefusedNeeds {
  readonly operations: () => Pick<Operations, 'refusedMessages'>;
}

const common = { version: 'v2', answeredBy: 'leader', produces: [JSON_TYPE] } as const;
const OBJECT = { type: 'object' } as const;

/** Messages that were refused, what they say, and discarding them (docs/http-api.md#refused-messages). */
export const refusedRoutes: readonly Route<RefusedNeeds>[] = [
  {
    ...common,
    method: 'GET',
    path: '/api/V2/refused',
    id: 'v2.refused.list',
    summary: 'Messages that were refused, newest first, and why',
    scope: 'read',
    answers: { 200: { description: '`total`, `kept`, `messages`', schema: OBJECT } },
    handle: (_call, { operations }) => jsonReply(operations().refusedMessages.list() as unknown as JsonObject),
  },
  {
    ...common,
    method: 'GET',
    path: '/api/V2/refused/:id',
    id: 'v2.refused.read',
    summary: 'One refused message with what it says',
    scope: 'read',
    answers: { 200: { description: 'The message', schema: OBJECT } },
    refuses: ['not_found'],
    handle({ params }, { operations }) {
      const message = operations().refusedMessages.get(params['id'] ?? '');
      if (message === undefined) throw noSuchMessage();
      return jsonReply(message as unknown as JsonObject);
    },
  },
  {
    ...common,
    method: 'DELETE',
    path: '/api/V2/refused',
    id: 'v2.refused.discard-all',
    summary: 'Forgets all refused messages',
    scope: 'write',
    answers: { 204: { description: 'They are forgotten' } },
    async handle({ author }, { operations }) {
      await operations().refusedMessages.discardAll(author);
      return emptyReply;
    },
  },
  {
    ...common,
    method: 'DELETE',
    path: '/api/V2/refused/:id',
    id: 'v2.refused.discard',
    summary: 'Forgets one refused message',
    scope: 'write',
    answers: { 204: { description: 'It is forgotten' } },
    refuses: ['not_found'],
    async handle({ params, author }, { operations }) {
      if (!(await operations().refusedMessages.discard(params['id'] ?? '', author))) throw noSuchMessage();
      return emptyReply;
    },
  },
];

function noSuchMessage(): ApiError {
  return new ApiError('not_found', {
    what: 'no refused message has this id: it was discarded, or had to make room for newer ones',
  });
}
