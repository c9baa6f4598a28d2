import type { ActorSystem } from '../process/actor-system-types.js';
import type { Pid } from '../process/pid.js';
import { affected } from './strategy.js';
import type { Strategy } from './strategy.js';

/**
 * Ids of the running siblings that the supervisor's strategy stops and starts again together with the child `id`, in
 * start order: those that rest on it. A plain read. undefined: `supervisor` is none, or is dead.
 */
export function dependentsOf(system: ActorSystem, supervisor: Pid, id: string): readonly string[] | undefined {
  const view = system.published(supervisor)?.supervisor;
  if (view === undefined) return undefined;
  if (view.strategy === 'simple_one_for_one') return [];
  const rows = view.rows(0, Infinity);
  const ids = rows.map((row) => row.id ?? '');
  const running = new Set(rows.filter((row) => row.child !== undefined).map((row) => row.id));
  const { stop } = affected(view.strategy as Strategy, ids, id);
  return [...stop].reverse().filter((each) => running.has(each));
}
