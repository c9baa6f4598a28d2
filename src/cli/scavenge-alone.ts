import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/** Up to so many cores V8's helpers take more from everybody else on the machine than the loop's thread gains. */
const FEW_CORES = 2;

/** V8's flag without its `no-`; `test/cli/scavenge-alone.test.ts` asks the Node that runs whether it has it. */
export const FLAG = 'parallel-scavenge';

/**
 * Where there are few cores, has the loop's thread collect new objects by itself. Its helpers would need the cores that
 * RabbitMQ, SQLite's syncs and the clients run on (docs/performance.md#what-it-costs-besides). V8 asks for this flag at each collection.
 * @param cores how many this process may use
 */
export function scavengeAlone(cores = availableParallelism()): void {
  if (cores <= FEW_CORES) setFlagsFromString(`--no-${FLAG}`);
}
