/**
 * The scheduler that processes run on: nact (`nactTurns`) or a hand-cranked one for tests (`manualTurns`).
 * It owes two things: no run happens inside of asking for it, and whoever asked first runs first.
 */
export interface TurnPort {
  /**
   * Gives the way to ask for a run of a process. A run may go on after it returned, waiting for a handler: the run loop
   * asks for the next one when it is over, and keeps at most one such request outstanding per process.
   * @param onFault gets what `run` threw; the run loop's `run` never throws, so this is a net.
   */
  open<Who>(run: (who: Who) => void, onFault: (who: Who, error: unknown) => void): (who: Who) => void;
  /** Calls `next` once, in a later pass of the event loop than the current one. */
  afterTick(next: () => void): void;
}
