import { useState } from 'preact/hooks';
import type { ActorStatusView } from '../../../operations/actors/actor-view.js';
import { ask } from '../../api/ask.js';
import { useAction } from '../../api/use-action.js';
import { Button } from '../../parts/button.js';
import { Card } from '../../parts/card.js';
import { Problem } from '../../parts/problem.js';
import { Time } from '../../parts/time.js';
import { mailboxText } from './crash-report.js';
import { SysEvents } from './sys-events.js';
import { ValuePairs } from './value-pairs.js';

/** What only the process knows, read when somebody asks for it. */
export function RunningState({ path }: { path: string }) {
  const [got, setGot] = useState<{ at: number; running: ActorStatusView['running'] } | undefined>(undefined);
  const look = useAction(async () => {
    const { value } = await ask<ActorStatusView>(`/api/V2/actors/${encodeURIComponent(path)}/state`);
    setGot({ at: Date.now() / 1000, running: value.running });
  });
  return (
    <Card
      title="State now"
      actions={
        <Button busy={look.busy} onPress={look.run}>
          {got === undefined ? 'Show' : 'Show again'}
        </Button>
      }
    >
      <Problem failure={look.failure} />
      {got === undefined && <p class="quiet">What it holds and what waits, read once when you ask for it.</p>}
      {got?.running === null && <p>It does not run.</p>}
      {got !== undefined && got.running !== null && <Running {...got.running} at={got.at} />}
    </Card>
  );
}

function Running({
  at,
  last_message: last,
  mailbox,
  links,
  state,
  statistics,
  events,
}: NonNullable<ActorStatusView['running']> & { readonly at: number }) {
  return (
    <div class="stack">
      <dl class="pairs">
        <dt>Read</dt>
        <dd>
          <Time at={at} />
        </dd>
        <dt>Last message</dt>
        <dd>{last ?? 'none yet'}</dd>
        <dt>Mailbox</dt>
        <dd>{mailboxText(mailbox)}</dd>
        <dt>Links</dt>
        <dd>{links.join(', ') || 'none'}</dd>
        <dt>Statistics</dt>
        <dd>
          {statistics === null
            ? 'not counted'
            : `${statistics.messages.toLocaleString()} messages, ${Math.round(statistics.busyMs).toLocaleString()} ms busy`}
        </dd>
      </dl>
      <h3>State</h3>
      <ValuePairs value={state} />
      <h3>Last events</h3>
      <SysEvents events={events} />
    </div>
  );
}
