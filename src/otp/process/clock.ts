/** What `setTimer` gives back; only good for `clearTimer`. */
export type TimerHandle = object;

/** What comes when a timer fires. One that is set by many, as deadlines are, is an object: a function of each would hold more. */
export type Due = (() => void) | { due(): void };

/** Time as the actor system sees it, injected so that tests can run hours in milliseconds. */
export interface Clock {
  /** Wall clock, epoch milliseconds; may jump. */
  now(): number;
  /** Milliseconds that never jump; only differences mean something. */
  monotonic(): number;
  /** Has `fire` come once after `ms` milliseconds (any size; Infinity never fires). */
  setTimer(ms: number, fire: Due): TimerHandle;
  /** Idempotent; also for a timer that has fired. */
  clearTimer(timer: TimerHandle): void;
  /** For what repeats every `ms`: how long until its next time; without it, `ms`. */
  untilNext?(ms: number): number;
}

/** Node fires a longer timer after 1 ms. */
const LONGEST = 2 ** 31 - 1;

export function comeDue(fire: Due): void {
  if (typeof fire === 'function') fire();
  else fire.due();
}

/** Node's timer; it counts whole milliseconds only, and a whole number is held without an object of its own. */
function nodeTimer(ms: number, fire: Due): NodeJS.Timeout {
  const whole = Math.trunc(ms);
  return typeof fire === 'function' ? setTimeout(fire, whole) : setTimeout(comeDue, whole, fire);
}

/** A wait longer than Node's timers hold, done in pieces. */
class LongTimer {
  #piece: NodeJS.Timeout | undefined = undefined;

  constructor(ms: number, fire: Due) {
    this.#wait(ms, fire);
  }

  #wait(ms: number, fire: Due): void {
    // Infinity holds no Node timer at all.
    if (ms === Infinity) return;
    const piece = Math.min(ms, LONGEST);
    this.#piece = setTimeout(() => (ms > piece ? this.#wait(ms - piece, fire) : comeDue(fire)), piece);
  }

  clear(): void {
    clearTimeout(this.#piece);
  }
}

const BEAT_MS = 1000;

/**
 * Has all that repeats every so many whole seconds fall on the same moments, whenever it began, so that a process at rest is
 * woken once for all of it: waking is most of what that costs. The first time is up to half a second early or late, then it is
 * regular. What repeats at other times keeps to these.
 */
function untilBeat(ms: number, now: number): number {
  return ms > 0 && ms % BEAT_MS === 0 && ms < LONGEST ? Math.round((now + ms) / BEAT_MS) * BEAT_MS - now : ms;
}

/** The machine's clocks and Node's timers. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  untilNext: (ms) => untilBeat(ms, performance.now()),
  setTimer: (ms, fire) => (ms > LONGEST ? new LongTimer(ms, fire) : nodeTimer(ms, fire)),
  clearTimer: (timer) => {
    if (timer instanceof LongTimer) timer.clear();
    else clearTimeout(timer as NodeJS.Timeout);
  },
};
