import type { DraftEntry } from '../../draft/draft-entry.js';
import { hrefOf } from '../../route/route.js';
import { KINDS } from './kinds.js';

/** The page where an entry of the draft is edited. */
export function documentHref({ resource, id, wanted, base }: DraftEntry): string {
  if (resource === 'ruleset') {
    const profile = (wanted ?? base)?.['profile_id'];
    return hrefOf(['policy', 'profiles', typeof profile === 'string' ? profile : '']);
  }
  const kind = KINDS.find((one) => one.resource === resource);
  return kind === undefined ? hrefOf(['connections']) : hrefOf(['policy', kind.segment, id]);
}
