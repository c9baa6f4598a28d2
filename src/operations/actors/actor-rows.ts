import type { ActorSystem, ChildView, Pid, Published } from '../../otp/index.js';

export interface ActorsNeeds {
  readonly system: ActorSystem;
  /** The name of the host or group that an actor is there for, by its id (`host:HOSTKEY`, `group:ID`). */
  readonly nameOf?: (id: string) => string | undefined;
}

type View = NonNullable<Published['supervisor']>;

/** A place in the tree: a row of a supervisor's table, or the top. */
export interface ActorRow {
  readonly path: string;
  readonly id: string;
  /** Undefined: stopped; `restarting`: its next start is to come. */
  readonly child: Pid | 'restarting' | undefined;
  readonly type: ChildView['type'];
  readonly restarts: number;
  readonly lastCrash: ChildView['lastCrash'];
  /** Undefined: the top of the tree. */
  readonly supervisor: Pid | undefined;
}

/** The top of the tree as a row. */
export function topRow(root: Pid): ActorRow {
  const { label } = root;
  const counts = { restarts: 0, lastCrash: undefined, supervisor: undefined };
  return { path: label, id: label, child: root, type: 'supervisor', ...counts };
}

export function supervisorOf(system: ActorSystem, { child }: Pick<ActorRow, 'child'>): View | undefined {
  return typeof child === 'object' ? system.published(child)?.supervisor : undefined;
}

/** Children of a supervisor in the order of their start. */
export function rowsBelow(
  system: ActorSystem,
  row: ActorRow,
  { offset = 0, limit = Infinity }: { readonly offset?: number; readonly limit?: number } = {},
): readonly ActorRow[] {
  const view = supervisorOf(system, row);
  if (view === undefined || typeof row.child !== 'object') return [];
  const supervisor = row.child;
  return view.rows(offset, limit).map(({ id, child, type, restarts, lastCrash }) => {
    // Dynamic children have no id of their own.
    const shown = id ?? (typeof child === 'object' ? child.label : 'restarting');
    return { path: `${row.path}/${shown}`, id: shown, child, type, restarts, lastCrash, supervisor };
  });
}

/** The place of a path such as `dog_trainer/hosts_sup`; ids may hold slashes. Undefined: there is none. */
export function findRow(system: ActorSystem, root: Pid, path: string): ActorRow | undefined {
  const below = (row: ActorRow): ActorRow | undefined => {
    if (row.path === path) return row;
    if (!path.startsWith(`${row.path}/`)) return undefined;
    for (const each of rowsBelow(system, row)) {
      const found = below(each);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return below(topRow(root));
}
