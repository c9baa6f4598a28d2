import type { ActorSystem } from '../process/actor-system-types.js';
import type { Pid } from '../process/pid.js';

/**
 * Ends a process and everything below it at once: no `terminate` runs. Resolves when all are gone. Its supervisor starts
 * it again, unless its start function declines.
 */
export async function killBranch(system: ActorSystem, top: Pid | undefined): Promise<void> {
  if (top === undefined) return;
  const branch = [...system.processes()].filter((pid) => isBelow(system, pid, top));
  for (const pid of [top, ...branch]) system.exit(pid, 'kill', top);
  await Promise.all([top, ...branch].map((pid) => system.exited(pid)));
}

function isBelow(system: ActorSystem, pid: Pid, top: Pid): boolean {
  for (let above = system.info(pid)?.parent; above !== undefined; above = system.info(above)?.parent)
    if (above === top) return true;
  return false;
}
