import type { Told } from '../live/event-lines.js';
import { EventLine } from './event-line.js';

/** Events, newest first, in a place of its own height: what comes moves nothing around it. */
export function EventList({ label, events, none }: { label: string; events: readonly Told[]; none: string }) {
  return (
    <div class="event-box" role="region" aria-label={label} tabIndex={0}>
      {events.length === 0 ? (
        <p class="quiet">{none}</p>
      ) : (
        <ul class="events">
          {events.map((event, index) => (
            <EventLine key={event.id ?? `${event.kind}-${index}`} event={event} />
          ))}
        </ul>
      )}
    </div>
  );
}
