import type { ActorView } from '../../../operations/actors/actor-view.js';

/** A row of the tree as it is drawn. */
export interface TreeRow {
  readonly actor: ActorView;
  /** 0: the top. */
  readonly level: number;
  /** Undefined: nothing is below it. */
  readonly isOpen: boolean | undefined;
}

/** Children of one supervisor that are listed at a time. */
export const BRANCH_LIMIT = 25;

/**
 * Whether the branch is open unless somebody says otherwise: supervisors of hosts, groups and the like have as many children
 * as there are of these, and begin closed.
 */
function beginsOpen({ supervisor }: ActorView): boolean {
  return supervisor?.strategy !== 'simple_one_for_one';
}

/**
 * The rows of a tree, top down.
 * @param toggled branches that somebody opened (true) or closed
 * @param branch the one branch that is not listed from its beginning
 */
export function treeRows(
  top: ActorView,
  toggled: ReadonlyMap<string, boolean>,
  branch: ActorView | undefined,
): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const walk = (actor: ActorView, level: number): void => {
    const isBranch = (actor.supervisor?.total ?? 0) > 0;
    const isOpen = isBranch ? (toggled.get(actor.path) ?? beginsOpen(actor)) : undefined;
    const shown = branch?.path === actor.path ? { ...actor, supervisor: branch.supervisor } : actor;
    rows.push({ actor: shown as ActorView, level, isOpen });
    if (isOpen !== true) return;
    const children = branch?.path === actor.path ? branch.children : actor.children;
    for (const child of children ?? []) walk(child, level + 1);
  };
  walk(top, 0);
  return rows;
}
