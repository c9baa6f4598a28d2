import type { Shutdown } from './child-spec.js';
import type { Kernel } from './kernel-api.js';
import type { Pid } from './pid.js';
import type { ExitReason } from './reason.js';

/** Resolves when all of `pids` have ended; those still there after `ms` (counted from now) are killed. */
async function waitThenKill(kernel: Kernel, by: Pid, pids: readonly Pid[], ms: number): Promise<void> {
  const timer = kernel.clock.setTimer(ms, () => {
    for (const pid of pids) kernel.exit(pid, 'kill', by);
  });
  await Promise.all(pids.map((pid) => kernel.exited(pid)));
  kernel.clock.clearTimer(timer);
}

/**
 * Ends processes at the same time, under one common deadline, and resolves with their exit reasons when all are gone
 * (`shutdown` and `terminate_dynamic_children` of supervisor.erl). They are unlinked first and only their real end is
 * trusted, so a child that had unlinked itself can't hang its supervisor. `by` is their parent: an exit signal from
 * anyone else would not stop a trapping server.
 */
export async function endProcesses(
  kernel: Kernel,
  by: Pid,
  pids: readonly Pid[],
  how: Shutdown,
): Promise<readonly ExitReason[]> {
  for (const pid of pids) {
    kernel.unlink(by, pid);
    kernel.exit(pid, how === 'brutal_kill' ? 'kill' : 'shutdown', by);
  }
  const alive = pids.filter((pid) => kernel.isAlive(pid));
  if (alive.length > 0) await waitThenKill(kernel, by, alive, typeof how === 'number' ? how : Infinity);
  return pids.map((pid) => pid.exit ?? 'noproc');
}

/** Ends one process; see `endProcesses`. */
export async function endProcess(kernel: Kernel, by: Pid, pid: Pid, how: Shutdown): Promise<ExitReason> {
  return (await endProcesses(kernel, by, [pid], how))[0] ?? 'noproc';
}
