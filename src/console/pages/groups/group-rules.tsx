import type { GroupLines } from '../../../operations/fleet-pages.js';
import { useAsked } from '../../api/use-asked.js';
import { LINE_EVENTS } from '../../fleet/line-events.js';
import { RulesetCard } from '../../fleet/ruleset-card.js';
import { SetsCard } from '../../fleet/sets-card.js';
import { Loaded } from '../../parts/loaded.js';

/** The rules of a group line by line, or the sets that they name. */
export function GroupRules({ id, what }: { id: string; what: 'rules' | 'sets' }) {
  const asked = useAsked<GroupLines>(`/api/V2/group/${encodeURIComponent(id)}/lines`, { on: LINE_EVENTS });
  return (
    <Loaded asked={asked}>
      {(lines) =>
        what === 'rules' ? <RulesetCard title="The rules of its hosts" lines={lines} /> : <SetsCard sets={lines.sets} />
      }
    </Loaded>
  );
}
