import { useState } from 'preact/hooks';
import type { ActorAction, ActorDone } from '../../../operations/actors/actor-order.js';
import type { ApiFailure } from '../../api/api-failure.js';
import { ask } from '../../api/ask.js';
import { announce } from '../../parts/announce.js';
import { useAction } from '../../api/use-action.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Problem } from '../../parts/problem.js';

const TEXTS: Readonly<Record<ActorAction, { readonly doText: string; readonly what: string }>> = {
  suspend: {
    doText: 'Suspend',
    what: 'It handles no messages for a while (actors.suspend_seconds); they wait, and it goes on by itself.',
  },
  resume: { doText: 'Resume', what: 'It handles the messages that waited.' },
  restart: {
    doText: 'Restart',
    what: 'It is stopped and started again; what it does at the moment is given up. The actor of a host or group is started by its next message.',
  },
  terminate: { doText: 'Terminate', what: 'It is stopped until somebody starts it again.' },
  start: { doText: 'Start', what: 'It is started again.' },
};

export interface ConfirmActorActionProps {
  readonly path: string;
  readonly action: ActorAction;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/**
 * Asks whether an actor is to be acted on. When others go down with it the server does nothing at first and names them: then
 * it is asked once more, with their names.
 */
export function ConfirmActorAction({ path, action, onDone, onClose }: ConfirmActorActionProps) {
  const [resting, setResting] = useState<readonly string[]>([]);
  const { doText, what } = TEXTS[action];
  const order = useAction(async () => {
    const confirm = resting.length === 0 ? '' : `?${new URLSearchParams({ confirm: resting.join(',') })}`;
    const { value } = await ask<ActorDone>(`/api/V2/actors/${encodeURIComponent(path)}/${action}${confirm}`, {
      method: 'POST',
      body: {},
    });
    announce(`${doText}: done${value.audited ? '' : ', but the store could not take it into the audit trail'}`);
  });
  const press = async () => {
    if (await order.run()) {
      onDone();
      onClose();
    }
  };
  const named = namesOf(order.failure);
  if (named !== undefined && named.join() !== resting.join()) setResting(named);
  return (
    <Dialog
      title={`${doText} this actor?`}
      onClose={onClose}
      actions={
        <Button
          kind={action === 'terminate' || resting.length > 0 ? 'danger' : 'main'}
          busy={order.busy}
          onPress={press}
        >
          {resting.length === 0 ? doText : `${doText} it with these ${resting.length}`}
        </Button>
      }
    >
      <p class="mono wrap">{path}</p>
      <p>{what}</p>
      {resting.length > 0 && (
        <div class="note" data-tone="warn" role="alert">
          {resting.length === 1 ? 'This rests on it' : `These ${resting.length} rest on it`} and would go down with it
          {action === 'restart' ? ', and be started again' : ''}:
          <ul aria-label="What rests on it">
            {resting.map((id) => (
              <li key={id}>{id}</li>
            ))}
          </ul>
          {resting.some((id) => id === 'api' || id === 'http_sup') && (
            <span>What answers this page is among them: the answer may not arrive.</span>
          )}
        </div>
      )}
      {named === undefined && <Problem failure={order.failure} />}
    </Dialog>
  );
}

/** The ids that the server wants to be confirmed; undefined: that is not why it refuses. */
function namesOf(failure: ApiFailure | undefined): readonly string[] | undefined {
  const confirm = failure?.code === 'actor_refused' ? failure.body['confirm'] : undefined;
  return Array.isArray(confirm) ? confirm.filter((id) => typeof id === 'string') : undefined;
}
