import type { StoredRuleset } from '../../model/stored-ruleset.js';

/** What a group's policy compiles to. `compiledAt`: epoch seconds. */
export interface Candidate {
  readonly ruleset: StoredRuleset;
  readonly compiledAt: number;
}

/**
 * What a group's roller is told.
 * - `candidate`: the group's hosts are to get this, in steps.
 * - `withdrawn`: policy compiles again to what its hosts have.
 * - `replaced`: the group's hosts are given something else at once, and why.
 * - `renamed`: the group has this name now.
 * - `removed`: the group is gone.
 * - `look`: there is a rollout that nobody looks after.
 */
export type RolloutCast =
  | ({ readonly tag: 'candidate' } & Candidate)
  | { readonly tag: 'withdrawn' | 'removed' | 'look' }
  | { readonly tag: 'renamed'; readonly name: string }
  | { readonly tag: 'replaced'; readonly why: string };

export const ROLLOUT_COMMANDS = ['pause', 'resume', 'abort', 'promote'] as const;
export type RolloutCommand = (typeof ROLLOUT_COMMANDS)[number];

/** What an operator wants of the rollout of this id. */
export interface RolloutCall {
  readonly tag: RolloutCommand;
  readonly id: string;
  readonly author: string;
  readonly reason: string;
}

/** `why`: why it can't be done now. */
export type RolloutReply = { readonly ok: true } | { readonly ok: false; readonly why: string };
