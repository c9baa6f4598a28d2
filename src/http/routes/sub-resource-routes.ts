import type { ApiVersion } from '../../model/resource-model.js';
import type { DocumentService } from '../documents/document-service.js';
import { JSON_TYPE, TEXT_TYPE } from '../media-type.js';
import type { Route } from '../route.js';
import { BASE } from './api-base.js';
import { subResourceReply } from './sub-resource-handlers.js';

/** The sub-resources of one document. */
export function subResourceRoute(service: DocumentService, version: ApiVersion): Route {
  const { name, hcl } = service.model;
  const own: Readonly<Record<string, string>> = {
    group: '`hosts`, addresses such as `ips` and `internal_ipv4s`, `ec2_security_group_ids`, `ruleset` (v2)',
    profile: '`iptablesv4` and `iptablesv6`, with `git_diff` or `git_changes` compared with another profile',
  };
  const subs = [...(hcl[version] ? ['`hcl`'] : []), ...(own[name] === undefined ? [] : [own[name]])];
  return {
    method: 'GET',
    path: `${BASE[version]}/${name}/:id/:sub`,
    version,
    id: `${version}.${name}.sub`,
    summary: `A sub-resource of a ${name}: ${subs.length === 0 ? 'there is none' : subs.join(', ')}`,
    scope: 'read',
    produces: [JSON_TYPE, TEXT_TYPE],
    answers: { 200: { description: 'The sub-resource' } },
    refuses: name === 'profile' ? ['not_found', 'data_invalid'] : ['not_found'],
    handle: (call) => subResourceReply(call, service),
  };
}
