import type { ServerBase, ServerContext } from '../actors/context.js';
import type { Observation } from '../actors/watching/observation.js';
import { Starter } from '../actors/starter.js';
import { patiently } from '../actors/store/store-patiently.js';
import type { Broker } from '../broker/broker.js';
import type { Runtime } from '../http/deps.js';
import type { JsonObject } from '../model/document.js';
import type { Pid, Self } from '../otp/index.js';
import { createContext } from './create-context.js';
import { waitingSup } from './dog-trainer-sup.js';
import { earlyRuntime } from './early-runtime.js';
import { httpRuntime } from './http-runtime.js';
import { observeSup } from './observe-sup.js';
import { scrapeFigures } from './scrape-figures.js';
import type { ServerWork } from './server-work.js';
import { startLate } from '../otp/index.js';
import { workerSpec } from '../otp/index.js';

/** A server that only looks on (`start --observe`); it begins when the store is there. */
export function observeWork(
  base: ServerBase,
  { broker, root }: { readonly broker: Broker; readonly root: () => Pid | undefined },
): ServerWork {
  let seen: Observation | undefined;
  let context: ServerContext | undefined;
  const observation = (): JsonObject => ({ loading: seen === undefined, ...(seen as JsonObject | undefined) });
  let runtime: Runtime = earlyRuntime(base, root, {
    standing: () => ({ role: 'alone' }),
    dialect: () => undefined,
    troubles: () => ['observe_sup: not started yet'],
    notes: () => ['observing: nothing is published, consumed or written'],
    observation,
  });
  const begin = async (self: Self): Promise<void> => {
    if (context === undefined) {
      const made = await patiently(self, base, () =>
        createContext({ ...base, broker, journal: undefined, observe: true }),
      );
      context = made;
      scrapeFigures(base, () => made);
      runtime = httpRuntime(made, { root, observation: () => seen });
    }
    await startLate(
      base.system,
      'dog_trainer',
      observeSup(context, (found) => (seen = found)),
    );
  };
  return {
    tree: (http) =>
      waitingSup(
        base,
        http,
        workerSpec('starter', () => new Starter(begin)),
      ),
    runtime: () => runtime,
    context: () => context,
  };
}
