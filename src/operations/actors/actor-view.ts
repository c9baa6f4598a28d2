import type { ActorState, ChildCounts, DetailObject, Statistics, SysEvent } from '../../otp/index.js';

/**
 * One actor (or stopped child) as `GET /api/V2/actors` answers it and `dog-trainer tree` reads it: the one declaration of
 * both. Times are epoch seconds; spans say their unit in their key.
 */
export interface ActorView extends DeprecatedKeys {
  /** Ids from the root, joined by `/`; those of actors by key are `host:HOSTKEY` and `group:ID`. */
  readonly path: string;
  readonly id: string;
  /** Of the host or group that the actor is there for; null: it has none. */
  readonly name: string | null;
  readonly pid: number | null;
  /** Under which it is registered. */
  readonly names: readonly string[];
  readonly type: 'supervisor' | 'worker';
  readonly state: ActorState;
  /** Messages that wait. */
  readonly mailbox: number;
  /** Messages handled since it started. */
  readonly handled: number;
  /** Messages dropped by a full mailbox since it started. */
  readonly dropped: number;
  /** How long its handler has been under way; 0: none is. */
  readonly busy_ms: number;
  /** How often it was started again after it had ended by itself; of actors by key, how often that one crashed. */
  readonly restarts: number;
  readonly last_crash: CrashView | null;
  readonly started_at: number | null;
  readonly age_seconds: number | null;
  /** Absent: it is not suspended. `resumes_at`: when it goes on by itself, null: when it is told to. */
  readonly suspended?: { readonly since: number; readonly resumes_at: number | null };
  /** What the actor says of itself, or `{error}` if asking failed. */
  readonly detail?: DetailObject;
  readonly supervisor?: SupervisorView;
  /** Absent below the asked depth. */
  readonly children?: readonly ActorView[];
}

/** When and why an actor ended by its own fault. */
export interface CrashView {
  readonly at: number;
  readonly reason: string;
  /** What was seen of it in that moment, for the actor that was asked for by its path; absent: not kept any more. */
  readonly report?: CrashReportView;
}

/** A crash report. Messages are told by their kind alone, the state as the actor shows it to operators. */
export interface CrashReportView {
  /** The process that ended; its successor has another. */
  readonly pid: number;
  /** Where it was thrown, a place a line, then each cause and its places; empty: nothing was thrown. */
  readonly stack: readonly string[];
  /** The kind of the message that it was handling, or had handled last; null: none yet. */
  readonly last_message: string | null;
  readonly state: DetailObject;
  /** What waited: how many in all, how many were looked at, and of these how many of each kind. */
  readonly mailbox: {
    readonly length: number;
    readonly counted: number;
    readonly kinds: Readonly<Record<string, number>>;
  };
  readonly handled: number;
  readonly uptime_ms: number;
  /** Its supervisor, that one's supervisor and so on. */
  readonly ancestors: readonly string[];
  readonly links: readonly string[];
  /** The last ten; null: they were not kept. */
  readonly events: readonly SysEvent[] | null;
}

export interface SupervisorView {
  readonly strategy: string;
  /** So many restarts are allowed within the period; one more ends the supervisor. */
  readonly intensity: number;
  readonly period_seconds: number;
  /** Restarts within the period that ends now. */
  readonly restarts_used: number;
  /** Always of all children, however few are listed. */
  readonly counts: ChildCounts;
  /** Children in all, and the first one listed. */
  readonly total: number;
  readonly offset: number;
  /** As `period_seconds` and `restarts_used`; deprecated. */
  readonly periodS: number;
  readonly restartsUsed: number;
}

/** What older clients read: times in epoch milliseconds. To be dropped with the next major release. */
interface DeprecatedKeys {
  readonly busyMs: number;
  readonly lastCrash: { readonly at: number; readonly reason: string } | null;
  readonly startedAt: number | null;
  readonly ageMs: number | null;
}

/** Actors of the whole tree, or below a path, side by side. */
export interface ActorPage {
  /** Of all that are there. */
  readonly total: number;
  readonly offset: number;
  readonly limit: number;
  readonly sort: ActorSort;
  readonly actors: readonly ActorView[];
}

/** One actor and what only its process knows; `running` null: it has none. */
export interface ActorStatusView {
  /** Without children. */
  readonly actor: ActorView;
  readonly running: {
    /** The kind of the message that it handles now, or handled last; null: none yet. */
    readonly last_message: string | null;
    readonly mailbox: CrashReportView['mailbox'];
    readonly ancestors: readonly string[];
    readonly links: readonly string[];
    /** As the actor shows it to operators. */
    readonly state: DetailObject;
    /** Null: not counted, and not kept. */
    readonly statistics: Statistics | null;
    readonly events: readonly SysEvent[] | null;
  } | null;
}

/** By what actors can be sorted; figures fall, names rise. */
export const ACTOR_SORTS = [
  'start',
  'id',
  'name',
  'mailbox',
  'busy',
  'messages',
  'dropped',
  'restarts',
  'crashed',
  'age',
] as const;
export type ActorSort = (typeof ACTOR_SORTS)[number];

/** Which actors are asked for. */
export interface ActorRequest {
  /** Only this one and those below it. */
  readonly path?: string;
  /** Levels below the top of the answer. Default: all. */
  readonly depth?: number;
  /** The first child listed of the top of the answer; below it lists start at 0. Default 0. */
  readonly offset?: number;
  /** Most children listed of one supervisor. Default 200. */
  readonly limit?: number;
  /** Of actors side by side, only those with this in their id or name, in any case. */
  readonly q?: string;
  /** Order of each supervisor's children. Default `start`: in the order of their start. */
  readonly sort?: ActorSort;
}
