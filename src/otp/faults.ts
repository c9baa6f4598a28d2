import { IgnoreStart, ProcessDead } from './exit.js';
import type { Kernel } from './kernel-api.js';
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
export function watchFaults(kernel: Kernel, onUnowned: (error: unknown) => void): FaultWatch {
  const blame = (error: unknown): void => {
    const owner = owners.getStore();
    if (owner === undefined) {
      kernel.report({ kind: 'unowned_fault', error });
      return onUnowned(error);
    }
    const { pid } = owner;
    // What a fenced-off handler runs into is the fence doing its work.
    if (error instanceof ProcessDead || error instanceof IgnoreStart) return;
    if (!owner.kernel.isAlive(pid)) return owner.kernel.report({ kind: 'late_fault', pid, error });
    owner.kernel.fault(pid, error);
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
export function crash(kernel: Kernel, pid: Parameters<Kernel['fault']>[0], why = 'crashed by a test hook'): void {
  return kernel.fault(pid, new Error(why));
}
