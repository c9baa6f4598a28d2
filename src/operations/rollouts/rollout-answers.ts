import type { RolloutCommand } from '../../actors/rollouts/rollout-messages.js';
import type { FailedHost, RolloutPause, RolloutState } from '../../rollout/rollout.js';
import type { RolloutHostStatus } from '../../rollout/host-status.js';
import type { RolloutPolicy } from '../../rollout/rollout-policy.js';

/** A rollout, as the API shows it. Times are epoch seconds. */
export type RolloutLine = {
  readonly id: string;
  readonly group_id: string;
  readonly group: string;
  readonly number: number;
  readonly state: RolloutState;
  /** Why it is paused, is taken back, or ended; null: nothing to say. */
  readonly why: string | null;
  readonly pause: RolloutPause | null;
  /** Of those of the policy, how many were begun, and what the newest covers, such as `10 %`; null: none yet. */
  readonly step: string | null;
  readonly steps_begun: number;
  /** So many hosts were given the new rules by their own key. */
  readonly hosts_ahead: number;
  readonly failed: readonly FailedHost[];
  readonly hurried: boolean;
  readonly reconnect_proof: 'on' | 'not configured';
  readonly author: string;
  readonly reason: string | null;
  readonly override: string | null;
  readonly plan: string | null;
  readonly created_at: number;
  readonly changed_at: number;
  readonly promoted_at: number | null;
  readonly ended_at: number | null;
};

/** A host of a rollout. */
export type RolloutHostLine = {
  readonly hostkey: string;
  readonly name: string;
  readonly status: RolloutHostStatus;
  /** Why it is exempt; null: it is not. */
  readonly why: string | null;
};

/** One rollout with its hosts, and the hashes that they are to show. */
export type RolloutDetail = RolloutLine & {
  readonly policy: RolloutPolicy;
  /** By status. */
  readonly counts: Readonly<Record<RolloutHostStatus, number>>;
  /** The first 1000, those that have it first; empty: it is over. */
  readonly hosts: readonly RolloutHostLine[];
  /** null: it is over, and its texts are no longer kept. */
  readonly hashes: Readonly<Record<string, string>> | null;
  readonly hashes_before: Readonly<Record<string, string>> | null;
};

/** How changes of a group reach its hosts. `own`: null where it has no policy of its own; `used`: null: to all at once. */
export type RolloutPolicyAnswer = {
  readonly group_id: string;
  readonly group: string;
  readonly own: RolloutPolicy | null;
  readonly used: RolloutPolicy | null;
};

/** `unknown`: there is no such rollout. */
export type RolloutOrderAnswer = { readonly ok: true } | { readonly ok: false; readonly why: string } | 'unknown';

/** Rollouts and the policies that they follow (docs/rollout.md). */
export interface RolloutsPort {
  /** The newest of each group, and older ones that are kept; newest first. */
  list(state: RolloutState | undefined): Promise<readonly RolloutLine[]>;
  get(id: string): Promise<RolloutDetail | undefined>;
  order(
    id: string,
    command: RolloutCommand,
    by: { readonly author: string; readonly reason: string },
  ): Promise<RolloutOrderAnswer>;
  /** Undefined: there is no such group, by its id or name. */
  policy(group: string): RolloutPolicyAnswer | undefined;
  /** Of every group, by name. */
  policies(): readonly RolloutPolicyAnswer[];
  /** Of the group with this id; undefined: none of its own any more. Rollouts under way keep theirs. */
  setPolicy(groupId: string, policy: RolloutPolicy | undefined, author: string): Promise<void>;
}
