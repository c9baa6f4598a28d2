import { useState } from 'preact/hooks';
import type { PlannedGroup } from '../../../../http/plans/plan-answers.js';
import type { JsonObject } from '../../../../model/document.js';
import { Badge } from '../../../parts/badge.js';
import { Button } from '../../../parts/button.js';
import { Card } from '../../../parts/card.js';
import { DataTable } from '../../../parts/data-table.js';
import { Diff } from '../../../parts/diff.js';
import { MoreDetails } from '../../../parts/more-details.js';
import { peerText, trafficText } from '../../connections/flow-words.js';
import { PacketText } from '../../connections/packet-text.js';

/** Kinds of traffic that are shown at first. */
const FLOWS = 50;

/** What a group's hosts would get: what opens and closes, and the lines that differ. */
export function PlanGroup({ group, open }: { group: PlannedGroup; open: boolean }) {
  const [shown, setShown] = useState(FLOWS);
  const flows = (['opens', 'closes', 'changes'] as const).flatMap((kind) =>
    group[kind].map((flow) => ({ kind, flow })),
  );
  return (
    <Card title={`Group ${group.name}: ${group.hosts === 1 ? '1 host' : `${group.hosts} hosts`}`}>
      <div class="stack">
        {group.error !== null && (
          <p class="note" data-tone="bad">
            These rules do not compile: {group.error.message}. Its hosts would keep what they have.
          </p>
        )}
        {group.unclear !== null && (
          <p class="note" data-tone="warn">
            What opens and closes could not be worked out: {group.unclear}
          </p>
        )}
        {flows.length > 0 && (
          <DataTable<(typeof flows)[number]>
            caption={`What opens and closes on hosts of ${group.name}`}
            rows={flows.slice(0, shown)}
            keyOf={({ kind, flow }) => `${kind} ${JSON.stringify(flow)}`}
            columns={[
              {
                key: 'kind',
                title: 'It',
                show: ({ kind }) => (
                  <Badge tone={kind === 'opens' ? 'warn' : kind === 'closes' ? 'bad' : 'info'}>{kind}</Badge>
                ),
              },
              { key: 'way', title: 'Way', show: ({ flow }) => said(flow, 'direction') },
              { key: 'what', title: 'Traffic', show: ({ flow }) => trafficText(flow) },
              { key: 'peer', title: 'With', show: ({ flow }) => <span class="wrap">{peerText(flow['peer'])}</span> },
              {
                key: 'verdict',
                title: 'Verdict',
                show: ({ flow }) => `${said(flow, 'before')} → ${said(flow, 'after')}`,
              },
              { key: 'witness', title: 'Such as', show: ({ flow }) => <PacketText packet={flow['witness']} /> },
            ]}
          />
        )}
        {flows.length > shown && (
          <Button onPress={() => setShown(shown + FLOWS)}>Show more of {flows.length} kinds of traffic</Button>
        )}
        {group.error === null && group.unclear === null && flows.length === 0 && (
          <p>Its hosts would let through what they let through now.</p>
        )}
        {(['v4', 'v6'] as const).map(
          (family) =>
            group[family].diff !== '' && (
              <MoreDetails key={family} open={open} title={`Lines of IP${family} that differ`}>
                {() => (
                  <Diff text={group[family].diff} label={`Difference of the IP${family} rules of ${group.name}`} />
                )}
              </MoreDetails>
            ),
        )}
      </div>
    </Card>
  );
}

function said(flow: JsonObject, key: string): string {
  const value = flow[key];
  return typeof value === 'string' ? value : '';
}
