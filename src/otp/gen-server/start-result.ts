import { StartFailed } from '../process/exit.js';
import type { Pid } from '../process/pid.js';

/**
 * What a start function says: running as `ok` (with anything else it wants to pass to the caller of start_child), not
 * wanted, or failed. `error` is `{already_started: pid}` when the name is taken, the term when `init` stopped with
 * `{term}`, otherwise the `ExitReason` with which the process failed in `init`.
 */
export type StartResult<Ref extends Pid = Pid> =
  { readonly ok: Ref; readonly info?: unknown } | 'ignore' | { readonly error: unknown };

/** Turns what `system.spawn` did into a start result. Errors that are not `StartFailed` are bugs and pass through. */
export function startResult<Ref extends Pid>(spawned: Promise<Pid>): Promise<StartResult<Ref>> {
  return spawned.then(
    (pid) => ({ ok: pid as Ref }),
    (error: unknown) => {
      if (!(error instanceof StartFailed)) throw error;
      if (error.ignored) return 'ignore';
      const { reason } = error;
      return { error: typeof reason === 'object' && 'term' in reason ? reason.term : reason };
    },
  );
}
