import type { Kernel, Pid } from '../otp/index.js';

/** Ends everything below and including `root` at once: nobody says last words, and nobody is started again. */
export const killTree = (kernel: Kernel, root: Pid | undefined): void => {
  if (root === undefined) return;
  const above = kernel.info(root)?.parent;
  kernel.exit(root, 'kill', root);
  for (const pid of [...kernel.processes()]) if (pid !== above) kernel.exit(pid, 'kill', root);
};
