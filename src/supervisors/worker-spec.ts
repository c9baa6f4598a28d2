import {
  startServer,
  type ChildSpec,
  type Kernel,
  type Message,
  type Server,
  type ServerOptions,
} from '../otp/index.js';

/**
 * A permanent worker made anew for each incarnation, registered under its id. It traps exits when it has last words, so
 * that an orderly stop lets it say them.
 */
export function workerSpec<Call, Reply, Cast, Info extends Message>(
  id: string,
  make: () => Server<Call, Reply, Cast, Info>,
  options: Pick<ServerOptions, 'maxQueue' | 'initTimeoutMs'> & { readonly shutdown?: number } = {},
): ChildSpec {
  const { shutdown = 5000, ...rest } = options;
  return {
    id,
    shutdown,
    start: async ({ kernel, parent }) => {
      await predecessorGone(kernel, id, shutdown);
      const server = make();
      return startServer(kernel, server, { parent, name: id, trapExit: server.terminate !== undefined, ...rest });
    },
  };
}

/**
 * The worker of a supervisor that was killed may still be saying its last words when that supervisor's successor starts
 * its own: the name (and the port, the consumer) is free when it is done, which it has the time of a stop for.
 */
async function predecessorGone(kernel: Kernel, id: string, limitMs: number): Promise<void> {
  const predecessor = kernel.whereis(id);
  if (predecessor === undefined) return;
  const supervisor = kernel.info(predecessor)?.parent;
  if (supervisor !== undefined && kernel.isAlive(supervisor)) return;
  const timer = kernel.clock.setTimer(limitMs, () => kernel.exit(predecessor, 'kill', predecessor));
  await kernel.exited(predecessor);
  kernel.clock.clearTimer(timer);
}
