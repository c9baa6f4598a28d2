import type { ActorsPort } from '../../operations/actors/actors-port.js';
import type { SysEvent } from '../../otp/index.js';

/** What an actor handled in a while. */
export interface ShortTrace {
  readonly path: string;
  readonly seconds: number;
  readonly events: readonly SysEvent[];
  /** How many more there were. */
  readonly dropped: number;
}

const MOST_EVENTS = 200;

/** Traces one actor for so long, or until it ends; undefined: nothing runs at this path. */
export function traceForAWhile(
  { trace }: Pick<ActorsPort, 'trace'>,
  path: string,
  ms: number,
): Promise<ShortTrace> | undefined {
  const events: SysEvent[] = [];
  let dropped = 0;
  let ended: () => void = () => undefined;
  const stop = trace(path, (told, lost) => {
    const room = told.slice(0, MOST_EVENTS - events.length);
    events.push(...room);
    dropped += lost + told.length - room.length;
    if (told.some(({ what }) => what === 'ended')) ended();
  });
  if (stop === undefined) return undefined;
  return new Promise((resolve) => {
    const began = performance.now();
    const done = (): void => {
      clearTimeout(timer);
      stop();
      resolve({ path, seconds: Math.round((performance.now() - began) / 100) / 10, events, dropped });
    };
    const timer = setTimeout(done, ms);
    ended = done;
  });
}
