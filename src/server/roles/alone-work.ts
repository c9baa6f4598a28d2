import type { Broker } from '../../broker/broker.js';
import type { CreateLinkBroker } from '../opening/create-link-broker.js';
import type { Journal } from '../../journal/journal.js';
import { leadingOperations } from '../../operations/leading-operations.js';
import type { Pid } from '../../otp/index.js';
import { dogTrainerSup } from '../../supervisors/dog-trainer-sup.js';
import { workActors } from '../actors/work-actors.js';
import { scrapeFigures } from '../reporting/scrape-figures.js';
import { leadingNeeds } from '../state/operations-needs.js';
import type { ServerBase } from '../state/server-base.js';
import { createServerState } from '../state/server-state.js';
import type { ServerWork } from './server-work.js';

/**
 * The only server on its store, which is there from the start: nothing is elected.
 * @throws StoreError when the store can't be read
 */
export async function aloneWork(
  base: ServerBase,
  parts: {
    readonly broker: Broker;
    readonly linkBroker: CreateLinkBroker;
    readonly journal: Journal | undefined;
    readonly root: () => Pid | undefined;
  },
): Promise<ServerWork> {
  const { root, ...ports } = parts;
  const state = await createServerState(base, { ...ports, observe: false });
  scrapeFigures(base, () => state);
  base.metrics.gauge('dog_trainer_leader', 1);
  const operations = leadingOperations(leadingNeeds(state), { root });
  return {
    tree: (actors) => dogTrainerSup({ ...actors, ...workActors(state) }),
    operations: () => operations,
    state: () => state,
  };
}
