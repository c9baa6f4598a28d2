import type { HostDriftAnswer } from '../../../operations/host-drift.js';
import { RulesetCard } from '../../fleet/ruleset-card.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { useHostLines } from './use-host-lines.js';

/** The rules that a host should have, line by line, with the source of each. */
export function HostRules({ drift }: { drift: HostDriftAnswer }) {
  const asked = useHostLines(drift);
  if (drift.group === null || drift.group === '') return <Empty title="It is in no group, so it is sent no rules" />;
  return (
    <Loaded asked={asked}>{(lines) => <RulesetCard title="The rules that it should have" lines={lines} />}</Loaded>
  );
}
