import type { TurnPort } from '../process/turn.js';

/** Turns that run only when a test says so. */
export interface ManualTurns extends TurnPort {
  /** Runs the turn that has waited longest; false when none waits. */
  step(): boolean;
  /**
   * Runs until no process wants a turn and no promise chain is left to run. Handlers that wait for something outside
   * (a virtual timer, a socket) are left waiting.
   */
  runToIdle(): Promise<void>;
}

/** Lets every promise reaction that is ready run, and what those make ready. */
function drainPromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A deterministic scheduler for tests: first woken, first run. */
export function manualTurns(): ManualTurns {
  let queue: (() => void)[] = [];

  const turns: ManualTurns = {
    open: (run, onFault) => (who) => {
      queue.push(() => {
        try {
          run(who);
        } catch (error) {
          onFault(who, error);
        }
      });
    },
    afterTick: (next) => {
      queue.push(next);
    },
    step: () => {
      const next = queue.shift();
      next?.();
      return next !== undefined;
    },
    runToIdle: async () => {
      do {
        while (queue.length > 0) {
          // In batches: `shift` on a long array is slow, and a fleet under test is long.
          const batch = queue;
          queue = [];
          for (const next of batch) next();
          await drainPromises();
        }
        await drainPromises();
      } while (queue.length > 0);
    },
  };
  return turns;
}
