import type { ChildCounts, ChildView, Crash, DetailObject, Published } from '../process/published.js';
import type { ActorSystem } from '../process/actor-system-types.js';
import type { Pid } from '../process/pid.js';
import { formatReason } from '../process/reason.js';

/** `restarting` and `stopped` are rows without a process. */
export type ActorState = 'running' | 'runnable' | 'waiting' | 'suspended' | 'restarting' | 'stopped';

/** One process (or stopped child) as `GET /api/V2/actors` shows it. Times are epoch milliseconds. */
export interface ActorNode {
  /** Ids (labels for dynamic children) from the root, joined by `/`. */
  readonly path: string;
  readonly id: string;
  readonly pid: number | null;
  readonly names: readonly string[];
  readonly type: 'supervisor' | 'worker';
  readonly state: ActorState;
  /** Messages that wait. */
  readonly mailbox: number;
  /** Messages handled since it started. */
  readonly handled: number;
  /** Messages dropped by a full mailbox since it started. */
  readonly dropped: number;
  /** Milliseconds that its asynchronous handler has been under way. */
  readonly busyMs: number;
  /** How often its supervisor started it again; for temporary dynamic children, crashes under this label. */
  readonly restarts: number;
  readonly lastCrash: { readonly at: number; readonly reason: string } | null;
  readonly startedAt: number | null;
  readonly ageMs: number | null;
  /** What the actor says of itself, or `{error}` if asking failed. */
  readonly detail?: DetailObject;
  readonly supervisor?: SupervisorNode;
  /** Absent below the asked depth. */
  readonly children?: readonly ActorNode[];
}

export interface SupervisorNode {
  readonly strategy: string;
  readonly intensity: number;
  readonly periodS: number;
  /** Restarts within the last period. */
  readonly restartsUsed: number;
  /** Always of all children, however few are listed. */
  readonly counts: ChildCounts;
  /** Children in all, and the first one listed. */
  readonly total: number;
  readonly offset: number;
}

export interface TreeOptions {
  /** Levels below the root. Default: all. */
  readonly depth?: number;
  /** Most children listed of one supervisor. Default 1000. */
  readonly limit?: number;
  /** First child listed of the root asked for; below it lists start at 0. Default 0. */
  readonly offset?: number;
}

/** What the row says of a process, beside what the process says. */
type Row = Pick<ChildView, 'type' | 'restarts'> & { readonly id: string; readonly lastCrash: Crash | undefined };

function detailOf(published: Published | undefined): { detail?: DetailObject } {
  if (published?.describe === undefined) return {};
  try {
    return { detail: published.describe() };
  } catch (error) {
    return { detail: { error: formatReason({ error }) } };
  }
}

function crashOf(crash: Crash | undefined): ActorNode['lastCrash'] {
  return crash === undefined ? null : { at: crash.at, reason: formatReason(crash.reason) };
}

function absent(row: Row, path: string, state: ActorState): ActorNode {
  return {
    path,
    id: row.id,
    pid: null,
    names: [],
    type: row.type,
    state,
    mailbox: 0,
    handled: 0,
    dropped: 0,
    busyMs: 0,
    restarts: row.restarts,
    lastCrash: crashOf(row.lastCrash),
    startedAt: null,
    ageMs: null,
  };
}

function idOf(view: ChildView): string {
  return view.id ?? (typeof view.child === 'object' ? view.child.label : 'restarting');
}

class Snapshot {
  readonly #system: ActorSystem;
  readonly #now: number;
  readonly #limit: number;

  constructor(system: ActorSystem, limit: number) {
    this.#system = system;
    this.#now = system.clock.now();
    this.#limit = limit;
  }

  node(pid: Pid, row: Row, path: string, depth: number, offset: number): ActorNode {
    const info = this.#system.info(pid);
    if (info === undefined) return absent(row, path, 'stopped');
    const view = info.published?.supervisor;
    const base: ActorNode = {
      path,
      id: row.id,
      pid: pid.id,
      names: info.names,
      type: view === undefined ? row.type : 'supervisor',
      state: info.status,
      mailbox: info.messageQueueLen,
      handled: info.reductions,
      dropped: info.dropped,
      busyMs: info.currentMs,
      restarts: row.restarts,
      lastCrash: crashOf(row.lastCrash),
      startedAt: info.startedAt,
      ageMs: Math.max(0, this.#now - info.startedAt),
      ...detailOf(info.published),
    };
    if (view === undefined) return base;
    const { strategy, intensity, periodS } = view;
    const counts = view.counts();
    const total = counts.supervisors + counts.workers;
    const supervisor = { strategy, intensity, periodS, restartsUsed: view.restartsUsed(), counts, total, offset };
    if (depth <= 0) return { ...base, supervisor };
    const children = view.rows(offset, this.#limit).map((child) => this.#child(child, path, depth - 1));
    return { ...base, supervisor, children };
  }

  #child(view: ChildView, parent: string, depth: number): ActorNode {
    const { child, type, restarts, lastCrash } = view;
    const row = { id: idOf(view), type, restarts, lastCrash };
    const path = `${parent}/${row.id}`;
    if (child === undefined) return absent(row, path, 'stopped');
    if (child === 'restarting') return absent(row, path, 'restarting');
    return this.node(child, row, path, depth, 0);
  }
}

/**
 * The supervision tree below `root` (the first part of its path is its label) at this moment. Synchronous: it asks no
 * actor anything, so a stuck one can't hold it up. `path`: where `root` stands, if it is not the top. undefined if `root`
 * is dead.
 */
export function tree(
  system: ActorSystem,
  root: Pid,
  options: TreeOptions = {},
  path = root.label,
): ActorNode | undefined {
  if (!system.isAlive(root)) return undefined;
  const { depth = Infinity, limit = 1000, offset = 0 } = options;
  const row: Row = { id: root.label, type: 'worker', restarts: 0, lastCrash: undefined };
  return new Snapshot(system, limit).node(root, row, path, depth, offset);
}

/** The process at a path as `tree` gives it, e.g. `dog_trainer/hosts_sup`. Ids may contain slashes. */
export function findActor(system: ActorSystem, root: Pid, path: string): Pid | undefined {
  const below = (pid: Pid, rest: string): Pid | undefined => {
    const view = system.info(pid)?.published?.supervisor;
    if (view === undefined) return undefined;
    for (const row of view.rows(0, Infinity)) {
      if (typeof row.child !== 'object') continue;
      const id = idOf(row);
      if (rest === id) return row.child;
      if (!rest.startsWith(`${id}/`)) continue;
      const found = below(row.child, rest.slice(id.length + 1));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  if (path === root.label) return system.whereis(root);
  return path.startsWith(`${root.label}/`) ? below(root, path.slice(root.label.length + 1)) : undefined;
}
