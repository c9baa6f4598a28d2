import { useState } from 'preact/hooks';
import { USUAL_POLICY } from '../../../rollout/rollout-policy.js';
import type { RolloutPolicyAnswer } from '../../../operations/rollouts/rollout-answers.js';
import { ask } from '../../api/ask.js';
import { useAsked } from '../../api/use-asked.js';
import { announce } from '../../parts/announce.js';
import { Button } from '../../parts/button.js';
import { Card } from '../../parts/card.js';
import { Confirm } from '../../parts/confirm.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { hrefOf } from '../../route/route.js';
import { whyNoWrites } from '../../session/session.js';
import { PolicyEditor } from './policy-editor.js';
import { PolicyWords } from './policy-words.js';

/** How changes of one group reach its hosts: what is followed now, and its own policy to edit. */
export function PolicyPage({ group }: { group: string }) {
  const path = `/api/V2/rollout-policy/${encodeURIComponent(group)}`;
  const asked = useAsked<RolloutPolicyAnswer>(path, { on: ['policy_edit'], everyMs: 10_000 });
  const [removing, setRemoving] = useState(false);
  return (
    <Page
      title={`Rollout policy of ${asked.value?.group ?? group}`}
      about={<a href={hrefOf(['rollouts'], { tab: 'policies' })}>Policies of all groups</a>}
    >
      <Loaded asked={asked}>
        {({ own, used, group: name }) => (
          <>
            <Card
              title="Followed now"
              actions={
                own !== null && (
                  <Button kind="danger" disabledWhy={whyNoWrites.value} onPress={() => setRemoving(true)}>
                    Remove its own policy
                  </Button>
                )
              }
            >
              {used === null ? (
                <p>Changes of this group go to all its hosts at once.</p>
              ) : (
                <>
                  <p class="quiet small">
                    {own === null ? 'It is that of the configuration, for all groups.' : "It is this group's own."}
                  </p>
                  <PolicyWords policy={used} />
                </>
              )}
            </Card>
            <Card title={own === null ? 'Give it a policy of its own' : 'Edit its own policy'}>
              <PolicyEditor path={path} saved={own} start={own ?? used ?? USUAL_POLICY} done={asked.again} />
            </Card>
            {removing && (
              <Confirm
                title={`Remove the policy of ${name}?`}
                doText="Remove"
                danger
                act={async () => {
                  await ask(path, { method: 'DELETE' });
                  announce('The policy is removed');
                  asked.again();
                }}
                onClose={() => setRemoving(false)}
              >
                <p>Its changes then go as the configuration says: to all hosts at once, unless that has a policy.</p>
              </Confirm>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}
