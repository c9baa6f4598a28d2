import type { Clock } from './clock.js';
import type { Message, TimerRef } from './message.js';
import { Timer } from './process.js';
import type { Process, TimerHost } from './process.js';
import { itemsOf, withItem, withoutItem } from './small-set.js';

/** Starts a timer that belongs to `process`: it is cleared in the step in which the process dies. */
export function startTimer(host: TimerHost, process: Process, ms: number, message: Message, repeat: boolean): TimerRef {
  if (!(ms >= 0)) throw new RangeError(`timer of ${String(process.pid)}: ${ms} ms; want 0 or more`);
  const timer = new Timer(host, process, message, repeat ? ms : undefined);
  process.timers = withItem(process.timers, timer);
  timer.arm(ms);
  return timer;
}

/** True if the message was still to come; after this it will not be handled, even if it waits in the mailbox. */
export function cancelTimer(host: TimerHost, process: Process, ref: TimerRef): boolean {
  if (!(ref instanceof Timer)) throw new TypeError('cancel: not a timer of this actor system');
  const pending = ref.handle !== undefined || ref.queued;
  if (ref.handle !== undefined) host.clock.clearTimer(ref.handle);
  ref.handle = undefined;
  ref.revoked = true;
  process.timers = withoutItem(process.timers, ref);
  return pending;
}

/** Clears all timers of a dying process. */
export function clearTimers(clock: Clock, process: Process): void {
  for (const timer of itemsOf(process.timers)) if (timer.handle !== undefined) clock.clearTimer(timer.handle);
  process.timers = undefined;
}
