import { notFound } from '../documents/find-document.js';
import { ApiError } from '../errors.js';
import { JSON_TYPE } from '../media-type.js';
import { jsonReply, type Reply } from '../reply.js';
import { isObject } from '../../model/validate.js';
import type { Operations } from '../../operations/operations.js';
import type { Call, Route } from '../route.js';

export interface LinkNeeds {
  readonly operations: () => Pick<Operations, 'linkState' | 'acceptLink'>;
}

const COUNT = { type: 'integer' } as const;

/**
 * What the leader's actors know of links to other servers. These routes come before the sub-resources of documents,
 * whose paths match too.
 */
export const linkRoutes: readonly Route<LinkNeeds>[] = [
  {
    method: 'GET',
    path: '/api/V2/link/:id/status',
    version: 'v2',
    id: 'v2.link.status',
    summary: 'How a link is: when the linked server was heard, what is held, refused and left out, and its broker',
    scope: 'read',
    answeredBy: 'leader',
    produces: [JSON_TYPE],
    answers: { 200: { description: 'The state of both halves', schema: { type: 'object' } } },
    refuses: ['not_found'],
    handle: ({ params }, { operations }) => {
      const found = operations().linkState(params['id'] as string);
      if (found === undefined) throw notFound('link', 'with this id');
      return jsonReply(found);
    },
  },
  {
    method: 'GET',
    path: '/api/V2/link/:id/accept',
    version: 'v2',
    id: 'v2.link.held',
    summary: "What of a linked server's sets is held because it takes away many addresses",
    scope: 'read',
    answeredBy: 'leader',
    produces: [JSON_TYPE],
    answers: {
      200: {
        description: 'Since when, how many addresses are in service, and how many would be taken away',
        schema: { type: 'object', properties: { since: COUNT, addresses: COUNT, lost: COUNT } },
      },
    },
    refuses: ['not_found', 'nothing_held'],
    handle: held,
  },
  {
    method: 'POST',
    path: '/api/V2/link/:id/accept',
    version: 'v2',
    id: 'v2.link.accept',
    summary: "Takes over a linked server's sets that are held because they take away many addresses",
    scope: 'write',
    answeredBy: 'leader',
    produces: [JSON_TYPE],
    answers: {
      200: {
        description: 'What is in service now, and how many addresses were taken away',
        schema: { type: 'object', properties: { names: COUNT, addresses: COUNT, lost: COUNT } },
      },
    },
    refuses: ['not_found', 'nothing_held'],
    handle: accept,
  },
];

function held({ params }: Call, { operations }: LinkNeeds): Reply {
  const found = operations().linkState(params['id'] as string);
  if (found === undefined) throw notFound('link', 'with this id');
  const { inbound } = found;
  const what = isObject(inbound) ? inbound['held'] : undefined;
  if (what === undefined) throw new ApiError('nothing_held');
  return jsonReply(what);
}

async function accept({ params, author }: Call, { operations }: LinkNeeds): Promise<Reply> {
  const outcome = await operations().acceptLink(params['id'] as string, author);
  if (outcome === 'unknown') throw notFound('link', 'with this id');
  if (outcome === 'nothing_held') throw new ApiError('nothing_held');
  return jsonReply({ ...outcome });
}
