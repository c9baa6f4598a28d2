import type { ServerBase } from '../../actors/context.js';
import type { Broker } from '../../broker/broker.js';
import type { Journal } from '../../journal/journal.js';
import type { Pid } from '../../otp/index.js';
import { createContext } from '../state/create-context.js';
import { dogTrainerSup } from '../../supervisors/dog-trainer-sup.js';
import { httpRuntime } from '../../operations/leading-operations.js';
import { scrapeFigures } from '../reporting/scrape-figures.js';
import type { ServerWork } from './server-work.js';

/**
 * The only server on its store, which is there from the start: nothing is elected.
 * @throws StoreError when the store can't be read
 */
export async function aloneWork(
  base: ServerBase,
  parts: { readonly broker: Broker; readonly journal: Journal | undefined; readonly root: () => Pid | undefined },
): Promise<ServerWork> {
  const { root, ...ports } = parts;
  const context = await createContext({ ...base, ...ports, observe: false });
  scrapeFigures(base, () => context);
  base.metrics.gauge('dog_trainer_leader', 1);
  const runtime = httpRuntime(context, { root });
  return { tree: (http) => dogTrainerSup(context, http), runtime: () => runtime, context: () => context };
}
