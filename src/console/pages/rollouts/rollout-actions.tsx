import { useState } from 'preact/hooks';
import type { RolloutCommand } from '../../../actors/rollouts/rollout-messages.js';
import type { RolloutDetail } from '../../../operations/rollouts/rollout-answers.js';
import { ask } from '../../api/ask.js';
import { announce } from '../../parts/announce.js';
import { Button } from '../../parts/button.js';
import { Confirm } from '../../parts/confirm.js';
import { whyNoWrites } from '../../session/session.js';
import { ordersIn } from './rollout-states.js';

const ORDERS: Readonly<Record<RolloutCommand, { readonly text: string; readonly what: string }>> = {
  pause: { text: 'Pause', what: 'It stops where it is; hosts keep what they have.' },
  resume: { text: 'Resume', what: 'It goes on, and hosts have all of their time again.' },
  promote: {
    text: 'Promote',
    what: 'It goes to all hosts as soon as one has shown it; the other steps are left out.',
  },
  abort: { text: 'Abort', what: 'Hosts get back what they had.' },
};

/** What an operator can do with a rollout in the state that it is in; each wants a reason. */
export function RolloutActions({ rollout, done }: { rollout: RolloutDetail; done: () => void }) {
  const [asked, setAsked] = useState<RolloutCommand | undefined>(undefined);
  const { id, state, pause } = rollout;
  return (
    <>
      {ordersIn(state, pause).map((command) => (
        <Button
          key={command}
          {...(command === 'abort' ? { kind: 'danger' as const } : {})}
          disabledWhy={whyNoWrites.value}
          onPress={() => setAsked(command)}
        >
          {ORDERS[command].text}
        </Button>
      ))}
      {asked !== undefined && (
        <Confirm
          title={`${ORDERS[asked].text} this rollout?`}
          doText={ORDERS[asked].text}
          danger={asked === 'abort'}
          asksReason
          act={async (reason) => {
            await ask(`/api/V2/rollout/${encodeURIComponent(id)}/${asked}`, { method: 'POST', body: { reason } });
            announce(`${ORDERS[asked].text}: done`);
            done();
          }}
          onClose={() => setAsked(undefined)}
        >
          <p>{whatItDoes(asked, rollout)}</p>
        </Confirm>
      )}
    </>
  );
}

function whatItDoes(command: RolloutCommand, { state, pause }: RolloutDetail): string {
  if (command === 'resume' && state === 'rolled_back')
    return 'The same change begins again, as a new rollout, with one host.';
  if ((command === 'resume' || command === 'promote') && pause?.kind === 'guard')
    return `${ORDERS[command].what} It goes on in spite of what it breaks: ${pause.why}`;
  if (command === 'abort' && state === 'promoting') return 'All hosts of the group get back what they had.';
  return ORDERS[command].what;
}
