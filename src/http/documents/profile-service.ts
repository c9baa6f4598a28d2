import type { ApiVersion } from '../../resources/resource.js';
import { type DocumentService, plainService } from './document-service.js';
import { profileRulesReply } from './profile-rules.js';
import { profileText } from './profile-text.js';
import { v1ProfileService } from './v1-profile.js';

/** Profiles: v1 shows them with their rules inside, and as text; both versions print the rules of a family. */
export function profileService(version: ApiVersion): DocumentService {
  const service = version === 'v1' ? { ...v1ProfileService(), text: profileText } : plainService('profile');
  return { ...service, sub: profileRulesReply, subRefuses: ['data_invalid'] };
}
