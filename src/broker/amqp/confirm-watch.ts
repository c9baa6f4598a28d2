/** Looks this often in the limit. */
const LOOKS = 10;

/** What a publisher has to say of its confirms. */
export interface ConfirmProgress {
  /** Messages that were sent and not answered, unless the broker said that it blocks. */
  readonly awaited: number;
  /** Answers so far. */
  readonly answered: number;
}

/**
 * Watches for a broker that lives but confirms nothing any more, as one does whose disk hangs or whose queue has lost its
 * leader: `onStuck` is called once when messages are awaited and none was answered for `limitMs`. Progress counts, not
 * the age of a message, so that a slow broker is not taken for a stuck one. A look that comes late counts for two at most.
 * @returns a function that stops it
 */
export function watchConfirms(limitMs: number, progress: () => ConfirmProgress, onStuck: () => void): () => void {
  const interval = limitMs / LOOKS;
  let { answered } = progress();
  let lastLook = performance.now();
  let stuckMs = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    const seen = progress();
    const stuck = seen.awaited > 0 && seen.answered === answered;
    stuckMs = stuck ? stuckMs + Math.min(now - lastLook, 2 * interval) : 0;
    answered = seen.answered;
    lastLook = now;
    if (stuckMs < limitMs) return;
    clearInterval(timer);
    onStuck();
  }, interval);
  return () => clearInterval(timer);
}
