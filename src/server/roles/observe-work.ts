import type { Observation } from '../../actors/watching/observation.js';
import { Starter } from '../../actors/starter.js';
import { patiently } from '../../actors/store/store-patiently.js';
import type { Broker } from '../../broker/broker.js';
import type { CreateLinkBroker } from '../opening/create-link-broker.js';
import type { Operations } from '../../operations/operations.js';
import { startLate, type Pid, type Self } from '../../otp/index.js';
import { observingNeeds } from '../state/operations-needs.js';
import type { ServerBase } from '../state/server-base.js';
import { createServerState, type ServerState } from '../state/server-state.js';
import { waitingSup } from '../../supervisors/dog-trainer-sup.js';
import { observationJson, observingOperations } from '../../operations/observing-operations.js';
import { waitingOperations } from '../../operations/waiting-operations.js';
import { observeSup } from '../../supervisors/observe-sup.js';
import { observeActors } from '../actors/watcher-actors.js';
import { scrapeFigures } from '../reporting/scrape-figures.js';
import type { ServerWork } from './server-work.js';

/** A server that only looks on (`start --observe`); it begins when the store is there. */
export function observeWork(
  base: ServerBase,
  {
    broker,
    linkBroker,
    root,
  }: { readonly broker: Broker; readonly linkBroker: CreateLinkBroker; readonly root: () => Pid | undefined },
): ServerWork {
  let seen: Observation | undefined;
  let state: ServerState | undefined;
  let operations: Operations = waitingOperations(base, root, {
    standing: () => ({ role: 'alone' }),
    dialect: () => undefined,
    troubles: () => ['observe_sup: not started yet'],
    notes: () => ['observing: nothing is published, consumed or written'],
    observation: () => observationJson(seen),
  });
  const begin = async (self: Self): Promise<void> => {
    if (state === undefined) {
      const made = await patiently(self, base, () =>
        createServerState(base, { broker, linkBroker, journal: undefined, observe: true }),
      );
      state = made;
      scrapeFigures(base, () => made);
      operations = observingOperations(observingNeeds(made), { root, observation: () => seen });
    }
    await startLate(base.system, 'dog_trainer', observeSup(observeActors(state, (found) => (seen = found))));
  };
  return {
    tree: (actors) => waitingSup(actors, { id: 'starter', make: () => new Starter(begin) }),
    operations: () => operations,
    state: () => state,
  };
}
