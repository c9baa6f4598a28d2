import type { Clock } from './clock.js';
import type { Message, TimerRef } from './message.js';
import { Timer } from './process.js';
import type { Process } from './process.js';
import { SmallSet } from './small-set.js';

/** What timers need of the actor system. */
export interface TimerHost {
  readonly clock: Clock;
  /** Puts the message into the mailbox, full or not. */
  deliver(process: Process, message: Message): void;
}

function arm(host: TimerHost, process: Process, timer: Timer, ms: number): void {
  const { clock } = host;
  const wait = timer.everyMs === undefined ? ms : (clock.untilNext?.(ms) ?? ms);
  timer.handle = clock.setTimer(wait, () => {
    timer.handle = undefined;
    if (timer.everyMs === undefined) process.timers?.delete(timer);
    else arm(host, process, timer, timer.everyMs);
    // A slow process finds one tick, not a heap of them.
    if (timer.queued) return;
    timer.queued = true;
    host.deliver(process, timer);
  });
}

/** Starts a timer that belongs to `process`: it is cleared in the step in which the process dies. */
export function startTimer(host: TimerHost, process: Process, ms: number, message: Message, repeat: boolean): TimerRef {
  if (!(ms >= 0)) throw new RangeError(`timer of ${String(process.pid)}: ${ms} ms; want 0 or more`);
  const timer = new Timer(message, repeat ? ms : undefined);
  (process.timers ??= new SmallSet()).add(timer);
  arm(host, process, timer, ms);
  return timer;
}

/** True if the message was still to come; after this it will not be handled, even if it waits in the mailbox. */
export function cancelTimer(host: TimerHost, process: Process, ref: TimerRef): boolean {
  if (!(ref instanceof Timer)) throw new TypeError('cancel: not a timer of this actor system');
  const pending = ref.handle !== undefined || ref.queued;
  if (ref.handle !== undefined) host.clock.clearTimer(ref.handle);
  ref.handle = undefined;
  ref.revoked = true;
  process.timers?.delete(ref);
  return pending;
}

/** Clears all timers of a dying process. */
export function clearTimers(clock: Clock, process: Process): void {
  if (process.timers === undefined) return;
  for (const timer of process.timers.values()) if (timer.handle !== undefined) clock.clearTimer(timer.handle);
  process.timers = undefined;
}
