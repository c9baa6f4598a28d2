import { IgnoreStart, ProcessDead } from './exit.js';
import type { ActorSystem } from './actor-system-types.js';
import { owners } from './owner.js';

/** Where faults outside a turn are blamed; see `watchFaults`. */
export interface FaultWatch {
  /** Takes the process-level handlers away again. */
  close(): void;
}

/**
 * Catches what no turn can: a promise that nobody waits for and that rejects, a throw in a timer or callback that a
 * handler began. The process in whose turn it began is ended with `{error}` (its supervisor decides what next). An error
 * that nobody owns (Node 20 forgets whose a throw in `queueMicrotask` was) goes to `onUnowned`, which should bring the server down in order: nobody knows what it left undone.
 */
export function watchFaults(system: ActorSystem, onUnowned: (error: unknown) => void): FaultWatch {
  const blame = (error: unknown): void => {
    const owner = owners.getStore();
    if (owner === undefined) {
      system.report({ kind: 'unowned_fault', error });
      return onUnowned(error);
    }
    const { pid } = owner;
    // What a fenced-off handler runs into is the fence doing its work.
    if (error instanceof ProcessDead || error instanceof IgnoreStart) return;
    if (!owner.system.isAlive(pid)) return owner.system.report({ kind: 'late_fault', pid, error });
    owner.system.fault(pid, error);
  };
  const onRejection = (error: unknown): void => blame(error);
  const onException = (error: unknown): void => blame(error);
  process.on('unhandledRejection', onRejection);
  process.on('uncaughtException', onException);
  return {
    close: () => {
      process.off('unhandledRejection', onRejection);
      process.off('uncaughtException', onException);
    },
  };
}

/**
 * Test hook: the process crashes now, as if a handler had thrown, whether it traps exits or not. Its supervisor sees
 * `{error}` and acts by its strategy.
 */
export function crash(
  system: ActorSystem,
  pid: Parameters<ActorSystem['fault']>[0],
  why = 'crashed by a test hook',
): void {
  return system.fault(pid, new Error(why));
}
