import { createActorSystem } from '../process/actor-system.js';
import type { ActorSystemOptions } from '../process/actor-system-options.js';
import type { ActorSystem } from '../process/actor-system-types.js';
import type { Report } from '../process/report.js';
import { manualTurns } from './manual-turns.js';
import type { ManualTurns } from './manual-turns.js';
import { virtualClock } from './virtual-clock.js';
import type { VirtualClock } from './virtual-clock.js';

/** An actor system whose turns and time move only when the test says so. */
export interface VirtualSystem {
  readonly system: ActorSystem;
  readonly clock: VirtualClock;
  readonly turns: ManualTurns;
  /** Everything it reported, oldest first. */
  readonly reports: Report[];
  /** Lets all actors run until none has anything to do. */
  idle(): Promise<void>;
  /** Moves virtual time on, letting actors run at every instant at which a timer fires. */
  advance(ms: number): Promise<void>;
  /** Lets actors run, and virtual time pass while they wait, until `promise` settles; fails if nothing is left to happen. */
  run<T>(promise: Promise<T>): Promise<T>;
}

/**
 * Makes an actor system on manual turns and virtual time; `start` is the wall clock's first reading in epoch milliseconds.
 * `report` hears its reports besides `reports`.
 */
export function virtualSystem(
  start?: number,
  { report: hear, longMailbox }: Pick<ActorSystemOptions, 'report' | 'longMailbox'> = {},
): VirtualSystem {
  const clock = virtualClock(start);
  const turns = manualTurns();
  const reports: Report[] = [];
  const report = (each: Report): void => {
    reports.push(each);
    hear?.(each);
  };
  const system = createActorSystem({ clock, turns, report, ...(longMailbox === undefined ? {} : { longMailbox }) });
  return {
    system,
    clock,
    turns,
    reports,
    idle: () => turns.runToIdle(),
    advance: (ms) => clock.advance(ms, () => turns.runToIdle()),
    run: async (promise) => {
      let settled = false;
      const note = (): void => {
        settled = true;
      };
      promise.then(note, note);
      await turns.runToIdle();
      while (!settled) {
        if (!clock.fireNext()) throw new Error('nothing is left to happen, and the promise has not settled');
        await turns.runToIdle();
      }
      return promise;
    },
  };
}
