import type { ServerEvent } from '../../../events/server-event.js';

/** An alarm that was set or cleared, with when (epoch seconds). */
export type AlarmHappening = Extract<ServerEvent, { readonly alarm: string }> & { readonly at: number };

/** One time that an alarm was set. */
export interface PastAlarm {
  readonly alarm: string;
  readonly text: string;
  /** Null: before the events that are known. */
  readonly from: number | null;
  /** Null: it is set still, as far as these events say. */
  readonly until: number | null;
}

const MOST = 200;

/** Those that are over or that began, newest first, with this event; events come in their order. */
export function withAlarm(
  before: readonly PastAlarm[],
  { kind, alarm, text, at }: AlarmHappening,
): readonly PastAlarm[] {
  if (kind === 'alarm_set') return [{ alarm, text, from: at, until: null }, ...before].slice(0, MOST);
  const open = before.findIndex((one) => one.alarm === alarm && one.until === null);
  if (open < 0) return [{ alarm, text, from: null, until: at }, ...before].slice(0, MOST);
  return before.map((one, index) => (index === open ? { ...one, until: at } : one));
}
