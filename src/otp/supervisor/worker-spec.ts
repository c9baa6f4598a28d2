import { startGenServer } from '../gen-server/gen-server.js';
import type { GenServer, GenServerOptions } from '../gen-server/gen-server.js';
import type { ActorSystem } from '../process/actor-system-types.js';
import type { Message } from '../process/message.js';
import type { ChildSpec } from './child-spec.js';

/**
 * A permanent worker made anew for each incarnation, registered under its id. It traps exits when it has a
 * `terminate`, so that an orderly stop runs it.
 */
export function workerSpec<Call, Reply, Cast, Info extends Message>(
  id: string,
  make: () => GenServer<Call, Reply, Cast, Info>,
  options: Pick<GenServerOptions, 'maxQueue' | 'initTimeoutMs'> & { readonly shutdown?: number } = {},
): ChildSpec {
  const { shutdown = 5000, ...rest } = options;
  return {
    id,
    shutdown,
    start: async ({ system, parent }) => {
      await predecessorGone(system, id, shutdown);
      const server = make();
      return startGenServer(system, server, { parent, name: id, trapExit: server.terminate !== undefined, ...rest });
    },
  };
}

/**
 * The worker of a supervisor that was killed may still be in its `terminate` when that supervisor's successor starts
 * its own: the name (and the port, the consumer) is free when it is done, which it has the time of a stop for.
 */
async function predecessorGone(system: ActorSystem, id: string, limitMs: number): Promise<void> {
  const predecessor = system.whereis(id);
  if (predecessor === undefined) return;
  const supervisor = system.info(predecessor)?.parent;
  if (supervisor !== undefined && system.isAlive(supervisor)) return;
  const timer = system.clock.setTimer(limitMs, () => system.exit(predecessor, 'kill', predecessor));
  await system.exited(predecessor);
  system.clock.clearTimer(timer);
}
