import type { ApiVersion } from '../../resources/resource.js';
import type { DocumentService } from '../documents/document-service.js';
import { JSON_TYPE, TEXT_TYPE } from '../media-type.js';
import type { Route } from '../route.js';
import { BASE } from './api-base.js';
import { subResourceReply } from './sub-resource-handlers.js';

/** The sub-resources of one document. */
export function subResourceRoute(service: DocumentService, version: ApiVersion): Route {
  const { name, terraform, subs: own } = service.model;
  const subs = [...(terraform?.served[version] ? ['`hcl`'] : []), ...(own === undefined ? [] : [own.summary])];
  return {
    method: 'GET',
    path: `${BASE[version]}/${name}/:id/:sub`,
    version,
    id: `${version}.${name}.sub`,
    summary: `A sub-resource of a ${name}: ${subs.length === 0 ? 'there is none' : subs.join(', ')}`,
    scope: 'read',
    produces: [JSON_TYPE, TEXT_TYPE],
    answers: { 200: { description: 'The sub-resource' } },
    refuses: ['not_found', ...(service.subRefuses ?? [])],
    handle: (call) => subResourceReply(call, service),
  };
}
