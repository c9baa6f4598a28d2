import { createKernel, manualTurns, virtualClock } from '../../src/otp/index.js';
import type { Kernel, ManualTurns, Report, VirtualClock } from '../../src/otp/index.js';

/** A kernel whose turns and time move only when the test says so. */
export interface VirtualKernel {
  readonly kernel: Kernel;
  readonly clock: VirtualClock;
  readonly turns: ManualTurns;
  /** Everything the kernel reported, oldest first. */
  readonly reports: Report[];
  /** Lets all actors run until none has anything to do. */
  idle(): Promise<void>;
  /** Moves virtual time on, letting actors run at every instant at which a timer fires. */
  advance(ms: number): Promise<void>;
  /** Lets actors run, and virtual time pass while they wait, until `promise` settles; fails if nothing is left to happen. */
  run<T>(promise: Promise<T>): Promise<T>;
}

/** Makes a kernel on manual turns and virtual time; `start` is the wall clock's first reading in epoch milliseconds. */
export function virtualKernel(start?: number): VirtualKernel {
  const clock = virtualClock(start);
  const turns = manualTurns();
  const reports: Report[] = [];
  const kernel = createKernel({ clock, turns, report: (report) => reports.push(report) });
  return {
    kernel,
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
