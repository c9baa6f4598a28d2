import type { ActorView } from '../../../operations/actors/actor-view.js';
import { spanText } from '../../parts/ago-text.js';
import { Badge } from '../../parts/badge.js';
import { Ago, Time } from '../../parts/time.js';
import { budget, STATE_TONES } from './actor-columns.js';
import { MarkBadge } from './mark-badge.js';

/** What is known of an actor without asking it. */
export function ActorFacts({ actor }: { actor: ActorView }) {
  const { path, name, pid, names, type, state, mailbox, handled, dropped, restarts, supervisor, suspended } = actor;
  return (
    <dl class="pairs">
      <dt>State</dt>
      <dd class="row tight">
        <Badge tone={STATE_TONES[state]}>{state}</Badge>
        <MarkBadge path={path} />
      </dd>
      {suspended !== undefined && (
        <>
          <dt>Suspended</dt>
          <dd>
            <Ago at={suspended.since} />, goes on <Ago at={suspended.resumes_at} none="when it is told to" />
          </dd>
        </>
      )}
      {name !== null && (
        <>
          <dt>Of</dt>
          <dd>{name}</dd>
        </>
      )}
      <dt>Process</dt>
      <dd>
        {type}, {pid === null ? 'not running' : `number ${pid}`}
        {names.length > 0 && `, registered as ${names.join(', ')}`}
      </dd>
      <dt>Mailbox</dt>
      <dd>
        {mailbox.toLocaleString()} waiting, {handled.toLocaleString()} handled, {dropped.toLocaleString()} dropped
      </dd>
      <dt>Busy</dt>
      <dd>{actor.busy_ms === 0 ? 'not now' : `for ${spanText(actor.busy_ms / 1000)}`}</dd>
      <dt>Started</dt>
      <dd>
        <Time at={actor.started_at} />, {restarts === 1 ? '1 restart' : `${restarts} restarts`}
      </dd>
      {supervisor !== undefined && (
        <>
          <dt>Supervises</dt>
          <dd>
            {supervisor.total.toLocaleString()} children, {supervisor.strategy}; restarts used: {budget(actor)}
          </dd>
        </>
      )}
    </dl>
  );
}
