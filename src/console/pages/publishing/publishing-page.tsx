import type { PublishingQueue } from '../../../operations/now/publishing-answers.js';
import { useAsked } from '../../api/use-asked.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { PublishingSwitch } from './publishing-switch.js';
import { QueueTiles } from './queue-tiles.js';
import { RefusedTargets } from './refused-targets.js';
import { WaitingTable } from './waiting-table.js';

/** After these another answer may be had; the rest is seen every few seconds. */
const KINDS = [
  'policy_edit',
  'ruleset_published',
  'sets_published',
  'compile_failed',
  'compile_recovered',
  'rollout_state',
  'broker_lost',
  'broker_back',
  'alarm_set',
  'alarm_cleared',
];
const EVERY_MS = 3000;

/** What is on its way to hosts, what keeps it, and the switch over all of it (docs/http-api.md#now). */
export default function PublishingPage() {
  const asked = useAsked<PublishingQueue>('/api/V2/publishing/queue', { on: KINDS, everyMs: EVERY_MS });
  return (
    <Page title="Publishing" about="What is on its way to hosts, and what keeps it.">
      <Loaded asked={asked}>
        {(queue) => (
          <>
            <PublishingSwitch queue={queue} again={asked.again} />
            <QueueTiles queue={queue} />
            <WaitingTable queue={queue} />
            <RefusedTargets queue={queue} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
