import type { Kernel, Pid } from '../otp/index.js';

/**
 * Ends a process and everything below it at once: nobody says last words. Resolves when all are gone. Whoever supervises it
 * starts it again, unless its start function declines.
 */
export async function killBranch(kernel: Kernel, top: Pid | undefined): Promise<void> {
  if (top === undefined) return;
  const branch = [...kernel.processes()].filter((pid) => isBelow(kernel, pid, top));
  for (const pid of [top, ...branch]) kernel.exit(pid, 'kill', top);
  await Promise.all([top, ...branch].map((pid) => kernel.exited(pid)));
}

function isBelow(kernel: Kernel, pid: Pid, top: Pid): boolean {
  for (let above = kernel.info(pid)?.parent; above !== undefined; above = kernel.info(above)?.parent)
    if (above === top) return true;
  return false;
}
