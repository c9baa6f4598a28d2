import type { ExitReason } from './reason.js';

/** A registered name. Any non-empty text. */
export type Name = string;

let lastId = 0;

/**
 * Identity of one process incarnation. A restarted actor has another Pid, so a stale one can never reach it (unlike
 * nact's references, which are paths: docs/decisions/0035-nact-gives-turns-the-actor-system-is-ours.md). Numbers are never
 * reused in this Node process.
 */
export class Pid {
  readonly id: number = ++lastId;
  /** For people: not unique, not an address. */
  readonly label: string;
  /** Why the process ended; undefined while it lives. Written once, by the actor system. */
  exit: ExitReason | undefined = undefined;

  constructor(label: string) {
    this.label = label;
  }

  toString(): string {
    return `<${this.id} ${this.label}>`;
  }

  toJSON(): string {
    return this.toString();
  }
}
