import { useState } from 'preact/hooks';
import type { ActorAction } from '../../../operations/actors/actor-order.js';
import type { ActorView } from '../../../operations/actors/actor-view.js';
import { Button } from '../../parts/button.js';
import { whyNoWrites } from '../../session/session.js';
import { ConfirmActorAction } from './confirm-actor-action.js';

/** In the order of the buttons. */
const ACTIONS: readonly { readonly action: ActorAction; readonly text: string; readonly danger?: true }[] = [
  { action: 'suspend', text: 'Suspend' },
  { action: 'resume', text: 'Resume' },
  { action: 'restart', text: 'Restart' },
  { action: 'terminate', text: 'Terminate', danger: true },
  { action: 'start', text: 'Start' },
];

/** What an operator can do to an actor; what it can't take now is left out. */
export function ActorActions({ actor, done }: { actor: ActorView; done: () => void }) {
  const [asked, setAsked] = useState<ActorAction | undefined>(undefined);
  if (!actor.path.includes('/'))
    return <p class="quiet small">This is the top of the tree: stop or restart the server instead.</p>;
  return (
    <div class="row" role="group" aria-label="What can be done to it">
      {ACTIONS.filter(({ action }) => applies(actor, action)).map(({ action, text, danger }) => (
        <Button
          key={action}
          {...(danger === true ? { kind: 'danger' as const } : {})}
          disabledWhy={whyNoWrites.value}
          onPress={() => setAsked(action)}
        >
          {text}
        </Button>
      ))}
      {asked !== undefined && (
        <ConfirmActorAction path={actor.path} action={asked} onDone={done} onClose={() => setAsked(undefined)} />
      )}
    </div>
  );
}

function applies({ state, type }: ActorView, action: ActorAction): boolean {
  const runs = state !== 'stopped' && state !== 'restarting';
  switch (action) {
    case 'start':
      return state === 'stopped';
    case 'resume':
      return state === 'suspended';
    case 'suspend':
      return runs && state !== 'suspended' && type === 'worker';
    case 'restart':
      return runs;
    case 'terminate':
      return state !== 'stopped';
  }
}
