import { useEffect, useRef } from 'preact/hooks';
import type { ActorView } from '../../../operations/actors/actor-view.js';
import { useAsked } from '../../api/use-asked.js';
import { actorFeed } from '../../live/feeds.js';
import { Button } from '../../parts/button.js';
import { Card } from '../../parts/card.js';
import { Loaded } from '../../parts/loaded.js';
import { changeQuery } from '../../route/route.js';
import { session } from '../../session/session.js';
import { ActorActions } from './actor-actions.js';
import { ACTOR_CHANGES, REFRESH_MS } from './actor-changes.js';
import { ActorFacts } from './actor-facts.js';
import { ActorTrace } from './actor-trace.js';
import { CrashReport } from './crash-report.js';
import { RunningState } from './running-state.js';
import { ValuePairs } from './value-pairs.js';

/** Paths that were shown; the panel takes the focus when another actor is chosen, not when the page begins with one. */
const begun = { yet: false };

/** One actor: what it is, its last crash, what can be done to it, what it does now. */
export function ActorPanel({ path }: { path: string }) {
  const asked = useAsked<ActorView>(`/api/V2/actors?${new URLSearchParams({ path, depth: '0' })}`, {
    feed: actorFeed,
    on: ACTOR_CHANGES,
    everyMs: REFRESH_MS,
  });
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (begun.yet) panel.current?.focus();
    begun.yet = true;
  }, []);
  const crash = asked.value?.last_crash ?? null;
  const current = session.value;
  const standsBy = current.state === 'known' && current.who.server.role === 'follower';
  return (
    <div class="stack actor-panel" ref={panel} tabIndex={-1} role="group" aria-label={`Actor ${path}`}>
      <Card title="Actor" actions={<Button onPress={() => changeQuery({ path: null })}>Close</Button>}>
        <p class="mono wrap actor-path">{path}</p>
        {standsBy && (
          <p class="note" data-tone="warn">
            This server stands by. The lists show its own actors; state, trace and actions are of the leading server.
          </p>
        )}
        <Loaded asked={asked}>
          {(actor) => (
            <div class="stack">
              <ActorFacts actor={actor} />
              <ActorActions actor={actor} done={asked.again} />
            </div>
          )}
        </Loaded>
      </Card>
      {asked.value?.detail !== undefined && (
        <Card title="What it says of itself">
          <ValuePairs value={asked.value.detail} />
        </Card>
      )}
      {crash !== null && <CrashReport crash={crash} />}
      <RunningState path={path} />
      <ActorTrace path={path} />
    </div>
  );
}
