import type { ActorSystem } from '../process/actor-system-types.js';
import type { Pid } from '../process/pid.js';

/** What a supervisor has spent of the restarts that it may make within its period. */
export interface RestartBudget {
  readonly supervisor: Pid;
  /** Restarts within the period that ends now. */
  readonly used: number;
  /** Restarts allowed; one more ends the supervisor. */
  readonly of: number;
  readonly periodS: number;
}

/** The supervisors that have restarted something within their period: plain reads, only supervisors are looked at. */
export function restartBudgets(system: ActorSystem): readonly RestartBudget[] {
  const budgets: RestartBudget[] = [];
  for (const supervisor of system.supervisors()) {
    const view = system.published(supervisor)?.supervisor;
    const used = view?.restartsUsed() ?? 0;
    if (view !== undefined && used > 0) budgets.push({ supervisor, used, of: view.intensity, periodS: view.periodS });
  }
  return budgets;
}
