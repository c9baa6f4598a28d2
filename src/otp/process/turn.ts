/** One process's place in the scheduler. */
export interface Turn {
  /** Asks for one more run. The actor system keeps at most one such request outstanding per process. */
  wake(): void;
  /** No run begins any more; one under way is left to finish. */
  close(): void;
}

/**
 * The scheduler that processes run on: nact (`nactTurns`) or a hand-cranked one for tests (`manualTurns`).
 * It owes three things: runs of one turn never overlap (a promise from `run` is awaited), no run happens inside
 * `wake`, and all open turns that were woken get their run in fair order.
 */
export interface TurnPort {
  /**
   * @param name unique for the life of the port.
   * @param onFault gets what `run` threw; the run loop's `run` never throws, so this is a net.
   */
  open(name: string, run: () => void | Promise<void>, onFault: (error: unknown) => void): Turn;
  /** Calls `next` once, in a later pass of the event loop than the current one. */
  afterTick(next: () => void): void;
}
