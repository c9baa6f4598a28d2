import { Page } from '../../parts/page.js';
import { Tabs } from '../../parts/tabs.js';
import { hrefOf, place } from '../../route/route.js';
import { PolicyList } from './policy-list.js';
import { PolicyPage } from './policy-page.js';
import { RolloutList } from './rollout-list.js';
import { RolloutPage } from './rollout-page.js';

/** Changes of rules that go to hosts in steps, and how each group's do. */
export default function RolloutsPage() {
  const { segments, query } = place.value;
  const [, first, second] = segments;
  if (first === 'policy' && second !== undefined) return <PolicyPage key={second} group={second} />;
  if (first !== undefined) return <RolloutPage key={first} id={first} />;
  const isPolicies = query.get('tab') === 'policies';
  return (
    <Page
      title="Rollouts"
      about="Changes of a group's rules that go to its hosts in steps: first one host, then a few, then all."
    >
      <Tabs
        label="Views of rollouts"
        current={isPolicies ? 'policies' : 'changes'}
        tabs={[
          ['changes', 'Changes', hrefOf(['rollouts'])],
          ['policies', 'Policies of groups', hrefOf(['rollouts'], { tab: 'policies' })],
        ]}
      />
      {isPolicies ? <PolicyList /> : <RolloutList />}
    </Page>
  );
}
