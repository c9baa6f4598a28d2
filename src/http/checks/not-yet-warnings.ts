import type { JsonObject, Resource } from '../../model/document.js';
import { isList } from '../../model/validate.js';
import type { WriteWarning } from './write-warning.js';

/** What the old server did with a document and this one does not do yet: whoever writes it must not rely on it. */
export function notYetWarnings(
  resource: Resource,
  { enabled, ec2_security_group_ids: groups }: JsonObject,
): readonly WriteWarning[] {
  if (resource === 'link' && enabled === true) {
    const reason = 'this server does not connect to linked servers yet: nothing is sent to it or taken from it';
    return [{ path: ['enabled'], value: true, reason }];
  }
  if (resource === 'group' && isList(groups) && groups.length > 0) {
    const reason = 'this server does not keep EC2 security groups yet: they stay as they are';
    return [{ path: ['ec2_security_group_ids'], value: groups, reason }];
  }
  return [];
}
