import { SERVER_EVENT_KINDS } from '../../../events/server-event.js';
import type { NowAnswer } from '../../../operations/now/now-answers.js';
import { useAsked } from '../../api/use-asked.js';
import { EventList } from '../../fleet/event-list.js';
import { lastEvents } from '../../live/last-events.js';
import { Card } from '../../parts/card.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { Attention } from './attention.js';
import { ConvergenceCard } from './convergence-card.js';
import { HostTiles } from './host-tiles.js';
import { PartTiles } from './part-tiles.js';
import { Verdict } from './verdict.js';

/** What is figured out from time alone, such as silence, is told by no event at once. */
const EVERY_MS = 5000;
/** Of the events that are kept. */
const SHOWN = 30;

/** One look: is the fleet safe, and if not, where to click next. */
export default function NowPage() {
  const asked = useAsked<NowAnswer>('/api/V2/now', { on: SERVER_EVENT_KINDS, everyMs: EVERY_MS });
  return (
    <Page title="Now">
      <Loaded asked={asked}>
        {(now) => (
          <>
            <Verdict now={now} />
            <Attention now={now} />
            <HostTiles status={now.status} />
            <PartTiles now={now} />
          </>
        )}
      </Loaded>
      {(asked.value ?? asked.failure) !== undefined && (
        <div class="two">
          <ConvergenceCard />
          <Card title="Last events">
            <EventList
              label="Last events, newest first"
              events={lastEvents.value.slice(0, SHOWN)}
              none="Nothing has happened since the server began."
            />
          </Card>
        </div>
      )}
    </Page>
  );
}
