import type { JsonObject } from '../../model/document.js';
import { notFound } from '../documents/find-document.js';
import { JSON_TYPE, TEXT_TYPE } from '../media-type.js';
import { jsonReply, type Reply } from '../reply.js';
import type { Operations } from '../../operations/operations.js';
import type { Call, Route } from '../route.js';

export interface DriftNeeds {
  readonly operations: () => Pick<Operations, 'refusedHosts' | 'drift'>;
}

/**
 * What hosts report compared with what they should: only the leader's actors know it, and v2 alone has it. These routes
 * come before the views of lists and the sub-resources of documents, whose paths match too.
 */
export const driftRoutes: readonly Route<DriftNeeds>[] = [
  {
    method: 'GET',
    path: '/api/V2/hosts/refused',
    version: 'v2',
    id: 'v2.host.refused',
    summary: 'Hosts whose reports are being refused, with why',
    scope: 'read',
    answeredBy: 'leader',
    produces: [JSON_TYPE],
    answers: { 200: { description: 'The hosts', schema: { type: 'array', items: { type: 'object' } } } },
    handle: (_call, { operations }) => jsonReply(operations().refusedHosts() as unknown as JsonObject[]),
  },
  {
    method: 'GET',
    path: '/api/V2/host/:id/drift',
    version: 'v2',
    id: 'v2.host.drift',
    summary: 'What a host has loaded against what it should have: which hash differs, since when',
    scope: 'read',
    answeredBy: 'leader',
    produces: [JSON_TYPE, TEXT_TYPE],
    answers: { 200: { description: 'The comparison', schema: { type: 'object' } } },
    refuses: ['not_found'],
    handle: drift,
  },
];

async function drift({ params }: Call, { operations }: DriftNeeds): Promise<Reply> {
  const found = await operations().drift(params['id'] as string);
  if (!found) throw notFound('host', 'with this id, hostkey or name');
  return jsonReply(found);
}
