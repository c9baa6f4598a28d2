import type { RolloutDetail } from '../../../operations/rollouts/rollout-answers.js';
import { useAsked } from '../../api/use-asked.js';
import { Card } from '../../parts/card.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { hrefOf } from '../../route/route.js';
import { PolicyWords } from './policy-words.js';
import { RolloutActions } from './rollout-actions.js';
import { RolloutFacts } from './rollout-facts.js';
import { RolloutHosts } from './rollout-hosts.js';
import { RolloutSteps } from './rollout-steps.js';

/** While it is looked at its hosts are asked for this often, in milliseconds: what they report is no event. */
const REFRESH_MS = 2000;

/** One rollout: how far it is, which hosts have it, and what can be done with it. */
export function RolloutPage({ id }: { id: string }) {
  const asked = useAsked<RolloutDetail>(`/api/V2/rollout/${encodeURIComponent(id)}`, {
    on: ['rollout_state'],
    everyMs: REFRESH_MS,
  });
  const rollout = asked.value;
  return (
    <Page
      title={rollout === undefined ? 'Rollout' : `Change ${rollout.number} of ${rollout.group}`}
      about={<a href={hrefOf(['rollouts'])}>All rollouts</a>}
      actions={rollout !== undefined && <RolloutActions rollout={rollout} done={asked.again} />}
    >
      <Loaded asked={asked}>
        {(shown) => (
          <>
            <RolloutFacts rollout={shown} />
            <Card title="Steps">
              <RolloutSteps rollout={shown} />
            </Card>
            <RolloutHosts rollout={shown} />
            <Card
              title="Policy"
              actions={<a href={hrefOf(['rollouts', 'policy', shown.group_id])}>Policy of the group</a>}
            >
              <p class="quiet small">It keeps the policy with which it began.</p>
              <PolicyWords policy={shown.policy} />
            </Card>
          </>
        )}
      </Loaded>
    </Page>
  );
}
