import type { HostDriftAnswer } from '../../../operations/host-drift.js';
import { SetsCard } from '../../fleet/sets-card.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { useHostLines } from './use-host-lines.js';

/** The sets that a host's rules name, with what they hold. */
export function HostSets({ drift }: { drift: HostDriftAnswer }) {
  const asked = useHostLines(drift);
  if (drift.group === null || drift.group === '') return <Empty title="It is in no group, so it is sent no sets" />;
  return <Loaded asked={asked}>{({ sets }) => <SetsCard sets={sets} />}</Loaded>;
}
