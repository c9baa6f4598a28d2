/**
 * What happened in one process; kinds of messages, never their bodies.
 * - `began`: it took a message out of its mailbox, in which `waiting` others were left. Only traces have it.
 * - `done`, `failed`: its handler finished or threw after `ms` milliseconds.
 * - `stopped`: its handler ended the process on purpose.
 * - `suspended`, `resumed`, and `ended` with the `reason`.
 */
export interface SysEvent {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly what: 'began' | 'done' | 'failed' | 'stopped' | 'suspended' | 'resumed' | 'ended';
  readonly message?: string;
  readonly waiting?: number;
  readonly ms?: number;
  readonly reason?: string;
}
