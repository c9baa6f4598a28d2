import type { TurnPort } from '../process/turn.js';

/** Turns that run only when a test says so. */
export interface ManualTurns extends TurnPort {
  /** Runs the turn that has waited longest; false when none waits. A turn whose last run is unfinished keeps its place. */
  step(): boolean;
  /**
   * Runs until no process wants a turn and no promise chain is left to run. Handlers that wait for something outside
   * (a virtual timer, a socket) are left waiting.
   */
  runToIdle(): Promise<void>;
}

interface Slot {
  readonly run: () => void | Promise<void>;
  readonly onFault: (error: unknown) => void;
  wanted: number;
  busy: boolean;
  closed: boolean;
}

/** Lets every promise reaction that is ready run, and what those make ready. */
function drainPromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A deterministic scheduler for tests: first woken, first run. */
export function manualTurns(): ManualTurns {
  let queue: (Slot | (() => void))[] = [];

  const settle = (slot: Slot): void => {
    slot.busy = false;
    if (slot.wanted > 0) queue.push(slot);
  };

  const run = (slot: Slot): void => {
    slot.wanted--;
    slot.busy = true;
    try {
      const result = slot.run();
      if (result === undefined) return settle(slot);
      void result.then(
        () => settle(slot),
        (error: unknown) => {
          slot.onFault(error);
          settle(slot);
        },
      );
    } catch (error) {
      slot.onFault(error);
      settle(slot);
    }
  };

  const turns: ManualTurns = {
    open: (_name, runTurn, onFault) => {
      const slot: Slot = { run: runTurn, onFault, wanted: 0, busy: false, closed: false };
      return {
        wake: () => {
          if (slot.closed) return;
          if (++slot.wanted === 1 && !slot.busy) queue.push(slot);
        },
        close: () => {
          slot.closed = true;
          slot.wanted = 0;
        },
      };
    },
    afterTick: (next) => {
      queue.push(next);
    },
    step: () => {
      for (;;) {
        const next = queue.shift();
        if (next === undefined) return false;
        if (typeof next === 'function') {
          next();
          return true;
        }
        if (next.closed || next.wanted === 0) continue;
        run(next);
        return true;
      }
    },
    runToIdle: async () => {
      do {
        while (queue.length > 0) {
          // In batches: `shift` on a long array is slow, and a fleet under test is long.
          const batch = queue;
          queue = [];
          for (const next of batch) {
            if (typeof next === 'function') next();
            else if (!next.closed && next.wanted > 0) run(next);
          }
          await drainPromises();
        }
        await drainPromises();
      } while (queue.length > 0);
    },
  };
  return turns;
}
