import type { Alarm } from '../alarms/alarm-book.js';
import type { HostState } from '../host/host-state.js';
import type { RolloutState } from '../rollout/rollout.js';

/** One host in lists (`GET /api/V2/drift`, `GET /api/V2/status`). Times are epoch seconds; null: not known. */
export interface HostLine {
  readonly id: string;
  readonly name: string;
  readonly hostkey: string;
  readonly group: string;
  readonly state: HostState;
  /** Its agent cannot show its rules, so they are not compared. */
  readonly unverified: boolean;
  readonly reported_at: number | null;
  /** Hashes that differ from what the host was sent, as of its last report. */
  readonly differing: readonly string[];
  readonly differs_since: number | null;
  readonly repair_attempts: number;
}

/**
 * `pending`: nothing compiled yet; `compiled`: not confirmed by the broker yet; `published`; `error`: its policy cannot
 * be compiled, and its hosts keep the last good ruleset.
 */
export const GROUP_STATES = ['pending', 'compiled', 'published', 'error'] as const;
export type GroupState = (typeof GROUP_STATES)[number];

/** The revision that a group is held at. `at`: epoch seconds. */
export interface HeldAt {
  readonly number: number;
  readonly reason: string;
  readonly author: string;
  readonly at: number;
  /** Its policy compiles to something else by now, which waits. */
  readonly waiting: boolean;
}

/** A group's change that goes to its hosts in steps (`GET /api/V2/rollout/:id`): one that is not through, or was rolled back. */
export interface GroupRollout {
  readonly id: string;
  readonly state: RolloutState;
  /** Why it is paused, is taken back, or was; null: nothing to say. */
  readonly why: string | null;
  /** What its newest step covers, such as `10 %`; null: none was begun. */
  readonly step: string | null;
}

/** One group in lists (`GET /api/V2/groups/status`). Times are epoch seconds. */
export interface GroupLine {
  readonly id: string;
  readonly name: string;
  readonly profile: string;
  readonly state: GroupState;
  /** Why it is in `error`. */
  readonly error: string | null;
  /** Why its hosts are not sent a ruleset now; null: they are. */
  readonly not_sent: string | null;
  /** Hosts that are in use or new; `drifted` and `silent` of them. */
  readonly hosts: number;
  readonly drifted: number;
  readonly silent: number;
  readonly compiled_at: number | null;
  readonly published_at: number | null;
  /** Null: it is not held. */
  readonly pinned: HeldAt | null;
  /** Null: its hosts have what its policy compiles to, or are sent it at once. */
  readonly rollout: GroupRollout | null;
}

/** `GET /api/V2/drift`. */
export interface DriftAnswer {
  /** How many hosts have drifted: their reports have differed for longer than they are given. */
  readonly total: number;
  /** How many differ, but have not had their time yet. */
  readonly converging: number;
  /** Drifted hosts by name, at most `limit`. */
  readonly hosts: readonly HostLine[];
}

/** Things of one kind that are not well: how many, and the first of them. */
export interface Unwell<T> {
  readonly total: number;
  readonly first: readonly T[];
}

/** `GET /api/V2/status`: one look at all that the server keeps. */
export interface FleetStatus {
  /** Epoch seconds. */
  readonly at: number;
  /** Nothing below asks for anybody's attention. */
  readonly well: boolean;
  /** One line for people. */
  readonly summary: string;
  readonly server: {
    readonly ready: boolean;
    readonly role: 'alone' | 'leader' | 'follower';
    /** What `/readyz` says. */
    readonly reasons: readonly string[];
  };
  readonly publishing: {
    readonly paused: boolean;
    readonly since: number | null;
    readonly author: string | null;
    /** Messages that the broker has not confirmed. */
    readonly waiting: number;
  };
  readonly hosts: {
    readonly total: number;
    readonly by_state: Readonly<Record<HostState, number>>;
    readonly converging: number;
    readonly unverified: number;
    readonly drifted: Unwell<HostLine>;
    readonly silent: Unwell<HostLine>;
    /** Hosts whose reports are refused (`GET /api/V2/hosts/refused`). */
    readonly refused: number;
  };
  readonly groups: {
    readonly total: number;
    readonly by_state: Readonly<Record<GroupState, number>>;
    readonly in_error: Unwell<GroupLine>;
    readonly not_sent: Unwell<GroupLine>;
    /** With a change on its way in steps, or one that was rolled back; one that goes well is nothing unwell. */
    readonly rollouts: Unwell<GroupLine>;
  };
  readonly alarms: readonly Alarm[];
}

/** What can be asked of the fleet as a whole. Answered from plain state: no actor is asked. */
export interface FleetView {
  status(): FleetStatus;
  drifted(wanted: { readonly limit: number; readonly group?: string }): DriftAnswer;
  /** Every group, by name. */
  groups(): readonly GroupLine[];
}
