import { dispatch, spawn, start } from 'nact';
import { Fifo } from './fifo.js';
import type { TurnPort } from './turn.js';

/** Any value will do: who is to run is in our own queue. */
const WAKE = 0;
/** Runs per turn of nact: what a turn costs is shared among them, and in between the event loop goes round. */
const RUNS = 64;

/**
 * Turns given by nact: one flat nact actor, whose messages are mere wake tokens, and which in each turn lets those
 * processes run that asked first, also those that ask meanwhile. Nact's supervision, nesting, query, names and lifecycle
 * hooks are not used, because of their defects (docs/decisions/0035-nact-gives-turns-the-actor-system-is-ours.md).
 */
export function nactTurns(): TurnPort {
  const system = start();
  return {
    open: <Who>(run: (who: Who) => void, onFault: (who: Who, error: unknown) => void) => {
      const ready = new Fifo<Who>();
      let awake = false;
      const turn = (): void => {
        let left = RUNS;
        for (let who = ready.shift(); who !== undefined; who = --left > 0 ? ready.shift() : undefined) {
          try {
            run(who);
          } catch (error) {
            onFault(who, error);
          }
        }
        awake = ready.length > 0;
        if (awake) dispatch(actor, WAKE);
      };
      const actor = spawn(system, turn as () => undefined, 'turns');
      return (who: Who): void => {
        ready.push(who);
        if (awake) return;
        awake = true;
        dispatch(actor, WAKE);
      };
    },
    afterTick: (next) => {
      setImmediate(next);
    },
  };
}
