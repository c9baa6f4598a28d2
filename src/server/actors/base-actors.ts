import { StoreKeeper } from '../../actors/store/store-keeper.js';
import type { Operations } from '../../operations/operations.js';
import type { BaseMakers } from '../../supervisors/dog-trainer-sup.js';
import type { ServerBase } from '../state/server-base.js';
import { adminListener } from './admin-listener.js';
import { apiListener, metricsListener, type Ports } from './listeners.js';

/** The actors of any server, from its first moment on. `ports` is told where it listens. */
export function baseActors(base: ServerBase, operations: Operations, ports: Ports): BaseMakers {
  return {
    store: { store: () => new StoreKeeper(base) },
    http: {
      api: () => apiListener(base, operations, ports),
      metrics: () => metricsListener(base, operations, ports),
      admin: () => adminListener(base, operations),
    },
  };
}
