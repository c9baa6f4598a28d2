import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { ActorEvent } from '../../events/actor-event.js';
import type { EventBook } from '../../events/event-book.js';
import type { ServerEvent } from '../../events/server-event.js';
import { POLICY_TABLES } from '../../model/document.js';
import type { Edit } from '../../store/store-with-news.js';
import type { Store } from '../../store/store.js';

const POLICY: readonly string[] = POLICY_TABLES;

/** Alarms are told in both books. */
export function tellAlarms(
  alarms: Pick<AlarmBook, 'onEvent'>,
  events: Pick<EventBook<ServerEvent>, 'put'>,
  actorEvents: Pick<EventBook<ActorEvent>, 'put'>,
): void {
  alarms.onEvent(({ kind, alarm: { id, text } }) => {
    const event = { kind: kind === 'set' ? 'alarm_set' : 'alarm_cleared', alarm: id, text } as const;
    events.put(event);
    actorEvents.put(event);
  });
}

/** When the store is lost and when it is back. */
export function tellStore(store: Pick<Store, 'state' | 'onState'>, events: Pick<EventBook<ServerEvent>, 'put'>): void {
  let { up: wasUp } = store.state();
  store.onState(({ up, reason = 'down' }) => {
    if (up !== wasUp) events.put(up ? { kind: 'store_back' } : { kind: 'store_lost', reason });
    wasUp = up;
  });
}

/** An edit of the policy by somebody; what agents report and this server notes is none. */
export function tellEdit(events: Pick<EventBook<ServerEvent>, 'put'>, { change, table, id, doc, author }: Edit): void {
  if (!POLICY.includes(table) || author === 'system' || author.startsWith('agent:')) return;
  const name = typeof doc?.name === 'string' ? doc.name : null;
  events.put({ kind: 'policy_edit', change, resource: table, id, name, author });
}
