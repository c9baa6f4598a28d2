import { type ActorSystem, type DetailObject, type Pid, type ProcessInfo, type Published } from '../../otp/index.js';
import { findRow, rowsBelow, topRow, type ActorRow, type ActorsNeeds } from './actor-rows.js';
import type { ActorPage, ActorRequest, ActorView, SupervisorView } from './actor-view.js';
import { crashReason, crashView } from './crash-view.js';
import { seconds } from './seconds.js';
import { sorted } from './sort-rows.js';

/** Most children of one supervisor that are listed unless asked otherwise; the counts are always of all. */
export const DEFAULT_LIMIT = 200;

/**
 * The tree below `root`, or below a path, at this moment. It reads plain state and asks no actor anything, so a stuck one
 * can't hold it up; only what is listed is read. Undefined: there is no such path.
 */
export function viewActors(needs: ActorsNeeds, root: Pid | undefined, request: ActorRequest): ActorView | undefined {
  const { path, depth = Infinity, offset = 0 } = request;
  const row = root && (path === undefined ? topRow(root) : findRow(needs.system, root, path));
  if (row === undefined) return undefined;
  return withReport(needs.system, viewRow(needs, row, request, { depth, offset }));
}

/** The same actors side by side, sorted over all supervisors. */
export function listActors(needs: ActorsNeeds, root: Pid | undefined, request: ActorRequest): ActorPage | undefined {
  const { path, depth = Infinity, offset = 0, limit = DEFAULT_LIMIT, sort = 'start', q = '' } = request;
  const top = root && (path === undefined ? topRow(root) : findRow(needs.system, root, path));
  if (top === undefined) return undefined;
  const all: ActorRow[] = [];
  const wanted = q.toLowerCase();
  const gather = (row: ActorRow, left: number): void => {
    if (matches(needs, row, wanted)) all.push(row);
    if (left > 0) for (const child of rowsBelow(needs.system, row)) gather(child, left - 1);
  };
  gather(top, depth);
  const page = sorted(needs, all, sort).slice(offset, offset + limit);
  const actors = page.map((row) => viewRow(needs, row, request, { depth: 0, offset: 0 }));
  return { total: all.length, offset, limit, sort, actors };
}

/** `wanted`: in lower case; empty: any. */
function matches({ nameOf }: ActorsNeeds, { id }: ActorRow, wanted: string): boolean {
  if (wanted === '' || id.toLowerCase().includes(wanted)) return true;
  return nameOf?.(id)?.toLowerCase().includes(wanted) === true;
}

function viewRow(
  needs: ActorsNeeds,
  row: ActorRow,
  request: ActorRequest,
  { depth, offset }: { readonly depth: number; readonly offset: number },
): ActorView {
  const { system } = needs;
  const info = typeof row.child === 'object' ? system.info(row.child) : undefined;
  const base = { ...common(needs, row, info), ...detailOf(info?.published) };
  const view = info?.published?.supervisor;
  if (view === undefined) return base;
  const counts = view.counts();
  const { strategy, intensity, periodS } = view;
  const restartsUsed = view.restartsUsed();
  const supervisor: SupervisorView = {
    strategy,
    intensity,
    period_seconds: periodS,
    restarts_used: restartsUsed,
    counts,
    total: counts.supervisors + counts.workers,
    offset,
    periodS,
    restartsUsed,
  };
  const shown = { ...base, type: 'supervisor', supervisor } as const;
  if (depth <= 0) return shown;
  const { limit = DEFAULT_LIMIT, sort = 'start' } = request;
  const rows =
    sort === 'start'
      ? rowsBelow(system, row, { offset, limit })
      : sorted(needs, rowsBelow(system, row), sort).slice(offset, offset + limit);
  return { ...shown, children: rows.map((child) => viewRow(needs, child, request, { depth: depth - 1, offset: 0 })) };
}

function common({ system, nameOf }: ActorsNeeds, row: ActorRow, info: ProcessInfo | undefined): ActorView {
  const { path, id, type, restarts } = row;
  const pid = info === undefined || typeof row.child !== 'object' ? null : row.child.id;
  const suspension = info?.suspension;
  const age = info === undefined ? null : Math.max(0, system.clock.now() - info.startedAt);
  const lastCrash = row.lastCrash && { at: row.lastCrash.at, reason: crashReason(row.lastCrash.reason) };
  return {
    path,
    id,
    name: nameOf?.(id) ?? null,
    pid,
    names: info?.names ?? [],
    type,
    state: info?.status ?? (row.child === 'restarting' ? 'restarting' : 'stopped'),
    mailbox: info?.messageQueueLen ?? 0,
    handled: info?.reductions ?? 0,
    dropped: info?.dropped ?? 0,
    busy_ms: info?.currentMs ?? 0,
    restarts,
    last_crash: lastCrash === undefined ? null : { at: seconds(lastCrash.at), reason: lastCrash.reason },
    started_at: info === undefined ? null : seconds(info.startedAt),
    age_seconds: age === null ? null : seconds(age),
    ...(suspension === undefined
      ? {}
      : {
          suspended: {
            since: seconds(suspension.since),
            resumes_at: suspension.resumesAt === undefined ? null : seconds(suspension.resumesAt),
          },
        }),
    busyMs: info?.currentMs ?? 0,
    lastCrash: lastCrash ?? null,
    startedAt: info?.startedAt ?? null,
    ageMs: age,
  };
}

function detailOf(published: Published | undefined): { detail?: DetailObject } {
  if (published?.describe === undefined) return {};
  try {
    return { detail: published.describe() };
  } catch (error) {
    return { detail: { error: crashReason({ error }) } };
  }
}

/** With the whole report of its last crash, as long as that is kept. */
function withReport(system: ActorSystem, view: ActorView): ActorView {
  const report = system.crashes.lastOf(view.path);
  if (report === undefined) return view;
  return { ...view, last_crash: crashView(report) };
}
