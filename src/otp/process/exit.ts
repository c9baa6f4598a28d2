import type { ExitReason } from './reason.js';

/**
 * Thrown by `self.stop(reason)` to leave the handler; the actor system ends the process with that reason.
 * Not an Error on purpose: capturing a stack was 3 % of a restart storm when measured, and it is never read.
 */
export class Exit {
  readonly reason: ExitReason;

  constructor(reason: ExitReason) {
    this.reason = reason;
  }
}

/** Thrown by `self.ignore()` in `init`: the process does not want to run, and that is fine. */
export class IgnoreStart {}

/** Thrown by every `Self` method once its process is dead: fences off a handler that is not waited for any more. */
export class ProcessDead extends Error {
  override readonly name = 'ProcessDead';

  constructor(who: string) {
    super(`process ${who} is dead; its handler must not act any more`);
  }
}

/** What `system.spawn` rejects with when the process did not survive its `init`. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed';
  readonly reason: ExitReason;
  /** True when `init` said `ignore`; `reason` is then `normal`. */
  readonly ignored: boolean;

  constructor(label: string, reason: ExitReason, ignored: boolean, text: string) {
    super(`process "${label}" did not start: ${text}`, {
      cause: typeof reason === 'object' && 'error' in reason ? reason.error : undefined,
    });
    this.reason = reason;
    this.ignored = ignored;
  }
}
