/** What an operator may do to an actor. */
export const ACTOR_ACTIONS = ['suspend', 'resume', 'restart', 'terminate', 'start'] as const;
export type ActorAction = (typeof ACTOR_ACTIONS)[number];

/** What was done. */
export interface ActorDone {
  readonly path: string;
  readonly action: ActorAction;
  /** What else was stopped and started again, by id. */
  readonly with: readonly string[];
  /** Epoch seconds; of `suspend`. */
  readonly resumes_at?: number;
  /** False: the store could not take the entry of the audit trail; the log has it. */
  readonly audited: boolean;
}

/** Why something was not done to an actor. */
export class ActorRefusal extends Error {
  override readonly name = 'ActorRefusal';
  /** Just these ids must be confirmed; undefined: nothing that is confirmed would help. */
  readonly confirm: readonly string[] | undefined;
  constructor(message: string, confirm?: readonly string[]) {
    super(message);
    this.confirm = confirm;
  }
}
