import type { SysEvent } from '../../../otp/index.js';
import { Time } from '../../parts/time.js';

/** What an actor did, oldest first; null: it is not kept. */
export function SysEvents({ events }: { events: readonly SysEvent[] | null }) {
  if (events === null) return <p class="quiet">They are not kept for this actor.</p>;
  if (events.length === 0) return <p class="quiet">None.</p>;
  return (
    <ul class="events actor-events">
      {events.map((event, index) => (
        <li key={index}>
          <Time at={event.at / 1000} />
          <span>{sysEventText(event)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Such as `done report in 3 ms, 2 waiting`. */
export function sysEventText({ what, message, waiting, ms, reason }: Omit<SysEvent, 'at'>): string {
  const took = ms === undefined ? '' : ` in ${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  const behind = waiting === undefined || waiting === 0 ? '' : `, ${waiting} waiting`;
  const why = reason === undefined ? '' : `: ${reason}`;
  return `${what}${message === undefined ? '' : ` ${message}`}${took}${behind}${why}`;
}
