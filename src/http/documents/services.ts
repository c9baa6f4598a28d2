import type { Resource } from '../../model/document.js';
import type { ApiVersion } from '../../resources/resource.js';
import { type DocumentService, plainService } from './document-service.js';
import { groupService } from './group-service.js';
import { profileService } from './profile-service.js';

/** The resources that have a service of their own; all others have the plain service. */
const OWN: Partial<Record<Resource, (version: ApiVersion) => DocumentService>> = {
  group: groupService,
  profile: profileService,
};

/** The service of a resource in a version of the API. */
export function serviceOf(resource: Resource, version: ApiVersion): DocumentService {
  return OWN[resource]?.(version) ?? plainService(resource);
}
