import type { Outbox } from '../../broker/outbox-contract.js';
import type { Clock } from '../../otp/index.js';
import type { GroupSets } from '../../world/group-sets.js';
import type { RulesetOutput } from '../groups/ruleset-outputs.js';
import { hostRuleset } from '../publishing/publications.js';
import { reportDropped, type ReportDroppedNeeds } from '../publishing/report-dropped.js';

export type SendAloneNeeds = ReportDroppedNeeds & {
  readonly outbox: Pick<Outbox, 'put'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly groupSets: Pick<GroupSets, 'of'>;
};

/** Sends hosts what their group has, each by its own key, after what the group itself is being sent. */
export function sendAlone(needs: SendAloneNeeds, output: RulesetOutput, hosts: Iterable<string>): void {
  const { outbox, clock, groupSets } = needs;
  const sets = groupSets.of(output.ruleset.sets);
  for (const hostkey of new Set(hosts)) {
    const put = {
      target: `host/${hostkey}`,
      class: 'host',
      after: [`group/${output.groupId}`],
      publication: hostRuleset(output, hostkey, clock.now(), sets),
    } as const;
    reportDropped(needs, put, outbox.put(put));
  }
}
