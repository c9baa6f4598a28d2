import type { StoredRuleset } from '../model/stored-ruleset.js';
import type { RolloutPolicy } from './rollout-policy.js';

/** docs/rollout.md#states */
export const ROLLOUT_STATES = [
  'planned',
  'rolling',
  'promoting',
  'paused',
  'rolling_back',
  'rollback_blocked',
  'done',
  'rolled_back',
  'superseded',
] as const;
export type RolloutState = (typeof ROLLOUT_STATES)[number];

/** From which a rollout still goes on by itself, or by somebody's word. */
const LIVE: ReadonlySet<RolloutState> = new Set([
  'planned',
  'rolling',
  'promoting',
  'paused',
  'rolling_back',
  'rollback_blocked',
]);

/** Hosts that were given the new revision together, by their own keys. Times are epoch seconds. */
export interface StepTaken {
  /** Hostkeys. Written to the store before any of them is sent anything. */
  readonly hosts: readonly string[];
  /** So many hosts were given it, of a rollout that is over and was read back from the store, which does not keep who they were. */
  readonly count?: number;
  /** When the broker had confirmed the message of each. */
  readonly confirmedAt: number | null;
  /** When all of them had shown it long enough. */
  readonly doneAt: number | null;
}

/** Why a rollout stands still, and who says so. */
export type RolloutPause = {
  /** `blind`: this server does not see well enough to judge, and goes on when it does. The others wait for an operator. */
  readonly kind: 'operator' | 'failed' | 'guard' | 'blind';
  readonly why: string;
  /** Who paused it; `system` unless an operator did. */
  readonly author: string;
  /** Epoch seconds. */
  readonly at: number;
  /** What it does when it goes on. */
  readonly from: 'planned' | 'rolling' | 'promoting';
};

/** A host that did not do as it should, as it is told to people. */
export type FailedHost = {
  readonly hostkey: string;
  readonly name: string;
  /** `differs`: it reports other rules; `silent`: it does not report. */
  readonly status: 'differs' | 'silent';
};

/** A change of one group's rules on its way to its hosts. Never changed in place. */
export interface Rollout {
  /** `<group id>.<number>` */
  readonly id: string;
  readonly groupId: string;
  readonly groupName: string;
  /** Names that the group had before, the newest last: hosts may still be there. */
  readonly formerNames: readonly string[];
  /** From 1, per group. */
  readonly number: number;
  readonly state: RolloutState;
  readonly policy: RolloutPolicy;
  /** What hosts are to have. */
  readonly candidate: StoredRuleset;
  /** When it was compiled, epoch seconds. */
  readonly compiledAt: number;
  /** What the group had before, and gets back: what all its hosts were sent last. */
  readonly base: StoredRuleset;
  readonly baseCompiledAt: number;
  /** Steps begun, in order; the last of the policy (`all`) has none: it is `promoting`. */
  readonly steps: readonly StepTaken[];
  /** Hosts that a rollout before this had given something newer: they are given back what the group has. */
  readonly returning: readonly string[];
  /** Whole group, by its key: it was begun, and when it was confirmed. */
  readonly promotedAt: number | null;
  /** Since when hosts are given back what they had. */
  readonly returnedAt: number | null;
  readonly pause: RolloutPause | null;
  /** Why it ended, or is being rolled back. */
  readonly why: string | null;
  readonly failed: readonly FailedHost[];
  /** An operator wants it to go to all hosts once the first has shown it. */
  readonly hurry: { readonly author: string; readonly reason: string } | null;
  /** Who made the change, why, and the plan that was applied. */
  readonly author: string;
  readonly reason: string | null;
  /** Why it may break a guard or an assertion, if somebody said so. */
  readonly override: string | null;
  readonly plan: string | null;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly endedAt: number | null;
  /** Whether the first step's hosts must come back after their connection was closed. */
  readonly reconnectProof: boolean;
}

/** What the store's row of a rollout says by itself. */
export type RolloutWithoutTexts = Omit<Rollout, 'candidate' | 'base'>;

export function isLive({ state }: Pick<Rollout, 'state'>): boolean {
  return LIVE.has(state);
}

/**
 * Whether hosts of the steps begun are to have the new revision now. Also while it goes to all: what the group has follows
 * a moment later, and they are not to be given the former one in between.
 */
function givesCandidate({ state, pause }: Rollout): boolean {
  const doing = state === 'paused' ? pause?.from : state;
  return doing === 'rolling' || doing === 'promoting';
}

/**
 * The one place that says which revision a host is assigned while its group has a rollout
 * (docs/rollout.md#which-revision-a-host-has). `group`: what all hosts of the group have.
 */
export function assignedRevision(rollout: Rollout, hostkey: string): 'candidate' | 'group' {
  return givesCandidate(rollout) && stepOf(rollout, hostkey) !== undefined ? 'candidate' : 'group';
}

/** The step in which this host was given the new revision; undefined: in none. */
export function stepOf({ steps }: Pick<Rollout, 'steps'>, hostkey: string): StepTaken | undefined {
  return steps.find(({ hosts }) => members(hosts).has(hostkey));
}

const memberSets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Lists of hosts are never changed in place. */
function members(hosts: readonly string[]): ReadonlySet<string> {
  const known = memberSets.get(hosts);
  if (known !== undefined) return known;
  const made = new Set(hosts);
  memberSets.set(hosts, made);
  return made;
}

/** Every host that was given the new revision by its own key. */
export function hostsAhead({ steps }: Pick<Rollout, 'steps'>): readonly string[] {
  return steps.flatMap(({ hosts }) => hosts);
}

/** How many hosts were given the new revision by their own key, also where it is no longer known which. */
export function countOfHostsAhead({ steps }: Pick<Rollout, 'steps'>): number {
  return steps.reduce((sum, { hosts, count }) => sum + (count ?? hosts.length), 0);
}
