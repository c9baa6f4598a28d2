import { dispatch, spawn, start, stop } from 'nact';
import type { Turn, TurnPort } from './turn.js';

/** Any value will do: what a process has to do is in our own mailbox. */
const WAKE = 0;

/**
 * Turns given by nact: one flat nact actor per process, whose messages are mere wake tokens. Nact's supervision, nesting,
 * query, names and lifecycle hooks are not used, because of their defects
 * (docs/decisions/0035-nact-gives-turns-the-actor-system-is-ours.md).
 */
export function nactTurns(): TurnPort {
  const system = start();
  return {
    open: (name, run, onFault): Turn => {
      const actor = spawn(system, (_state: undefined, _message: number) => run() as undefined, name, {
        onCrash: (_message, error, context) => {
          onFault(error);
          return context.stop;
        },
      });
      return {
        wake: () => dispatch(actor, WAKE),
        close: () => stop(actor),
      };
    },
    afterTick: (next) => {
      setImmediate(next);
    },
  };
}
