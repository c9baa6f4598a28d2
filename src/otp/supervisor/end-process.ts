import type { Shutdown } from './child-spec.js';
import type { ActorSystem } from '../process/actor-system-types.js';
import type { Pid } from '../process/pid.js';
import type { ExitReason } from '../process/reason.js';

/** Resolves when all of `pids` have ended; those still there after `ms` (counted from now) are killed. */
async function waitThenKill(system: ActorSystem, by: Pid, pids: readonly Pid[], ms: number): Promise<void> {
  const timer = system.clock.setTimer(ms, () => {
    for (const pid of pids) system.exit(pid, 'kill', by);
  });
  await Promise.all(pids.map((pid) => system.exited(pid)));
  system.clock.clearTimer(timer);
}

/**
 * Ends processes at the same time, under one common deadline, and resolves with their exit reasons when all are gone
 * (`shutdown` and `terminate_dynamic_children` of supervisor.erl). They are unlinked first and only their real end is
 * trusted, so a child that had unlinked itself can't hang its supervisor. `by` is their parent: an exit signal from
 * anyone else would not stop a trapping server.
 */
export async function endProcesses(
  system: ActorSystem,
  by: Pid,
  pids: readonly Pid[],
  how: Shutdown,
): Promise<readonly ExitReason[]> {
  for (const pid of pids) {
    system.unlink(by, pid);
    system.exit(pid, how === 'brutal_kill' ? 'kill' : 'shutdown', by);
  }
  const alive = pids.filter((pid) => system.isAlive(pid));
  if (alive.length > 0) await waitThenKill(system, by, alive, typeof how === 'number' ? how : Infinity);
  return pids.map((pid) => pid.exit ?? 'noproc');
}

/** Ends one process; see `endProcesses`. */
export async function endProcess(system: ActorSystem, by: Pid, pid: Pid, how: Shutdown): Promise<ExitReason> {
  return (await endProcesses(system, by, [pid], how))[0] ?? 'noproc';
}
