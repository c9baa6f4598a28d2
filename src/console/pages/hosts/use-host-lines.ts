import type { GroupLines } from '../../../operations/fleet-pages.js';
import type { HostDriftAnswer } from '../../../operations/host-drift.js';
import { type Asked, useAsked } from '../../api/use-asked.js';
import { LINE_EVENTS } from '../../fleet/line-events.js';

/** The rules and sets that a host should have; nothing is asked for one without a group. */
export function useHostLines({ group, hostkey }: HostDriftAnswer): Asked<GroupLines> {
  const path =
    typeof group === 'string' && group !== ''
      ? `/api/V2/group/${encodeURIComponent(group)}/lines?host=${encodeURIComponent(hostkey)}`
      : null;
  return useAsked<GroupLines>(path, { on: LINE_EVENTS });
}
