import { Badge } from '../../parts/badge.js';
import { Button } from '../../parts/button.js';
import { Card } from '../../parts/card.js';
import { Time } from '../../parts/time.js';
import { sysEventText } from './sys-events.js';
import { MOST_LINES, useTrace } from './use-trace.js';

/** What an actor handles, as it happens. */
export function ActorTrace({ path }: { path: string }) {
  const { on, why, lines, start, stop } = useTrace(path);
  return (
    <Card
      title="Trace"
      actions={
        <>
          {on && <Badge tone="info">tracing</Badge>}
          <Button onPress={on ? stop : start}>{on ? 'Stop' : 'Start tracing'}</Button>
        </>
      }
    >
      {why !== undefined && (
        <p class="note" data-tone="warn" role="alert">
          {why}
        </p>
      )}
      {lines.length === 0 ? (
        <p class="quiet">
          {on
            ? 'Nothing has come yet: it handles no messages.'
            : 'Kinds of messages that it handles, and how long each takes; never what is in them. It slows the actor a little.'}
        </p>
      ) : (
        <>
          <p class="quiet small">The newest first, at most {MOST_LINES} are kept.</p>
          <ul class="events actor-events actor-trace" tabIndex={0} aria-label="Trace">
            {lines.map(({ key, at, event, dropped }) => (
              <li key={key}>
                <Time at={at === undefined ? undefined : at / 1000} none="" />
                <span>{event === undefined ? `${dropped || 'Some'} went by untold` : sysEventText(event)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}
