import type { CheckedFlags } from './child-spec.js';
import type { ChildTable } from './child-table.js';
import type { DetailObject } from '../process/published.js';

/** Children listed: a supervisor of a fleet has thousands. */
const LISTED = 100;

/** A supervisor's state for operators: flags, budget, and its first children in start order. */
export function supervisorState(flags: CheckedFlags, restartsUsed: number, children: ChildTable): DetailObject {
  const rows = children.page(0, LISTED).map(({ id, child, type, restarts }) => ({
    id: id ?? null,
    child: child === undefined || child === 'restarting' ? (child ?? 'stopped') : child.toString(),
    type,
    restarts,
  }));
  return {
    strategy: flags.strategy,
    intensity: flags.intensity,
    period_s: flags.periodS,
    auto_shutdown: flags.autoShutdown,
    restarts_used: restartsUsed,
    total: children.size,
    children: rows,
  };
}
