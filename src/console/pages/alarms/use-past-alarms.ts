import { useState } from 'preact/hooks';
import { EventFeed } from '../../live/event-feed.js';
import { useEvents } from '../../live/use-events.js';
import { withAlarm, type AlarmHappening, type PastAlarm } from './past-alarms.js';

/** Alarms alone, beginning with those that the server keeps: the frame's feed is open already, and begins nowhere anew. */
export const alarmFeed = new EventFeed('/api/V2/events?kinds=alarm_set,alarm_cleared&recent=200');

let known: { readonly past: readonly PastAlarm[]; readonly seen: ReadonlySet<string> } = { past: [], seen: new Set() };

/** Alarms that were set and cleared, newest first, as far as the server's events and this tab know of them. */
export function usePastAlarms(): readonly PastAlarm[] {
  const [past, setPast] = useState(known.past);
  useEvents(alarmFeed, ['alarm_set', 'alarm_cleared'], ({ kind, id, data }) => {
    // The stream may tell again what it told before.
    if (kind === 'lost' || id === undefined || known.seen.has(id)) return;
    known = { past: withAlarm(known.past, data as unknown as AlarmHappening), seen: new Set(known.seen).add(id) };
    setPast(known.past);
  });
  return past;
}
