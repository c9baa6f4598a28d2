import type { Self } from '../../otp/index.js';
import type { Store } from '../../store/store.js';
import type { RenderedSets, SetBook } from '../../world/set-book.js';
import { keepStandIns, loadKeptSets } from '../last-good/kept-sets.js';
import { storePatiently, type StorePatientlyNeeds } from '../store/store-patiently.js';

export interface StandInsNeeds extends StorePatientlyNeeds {
  readonly store: Pick<Store, 'list' | 'commit'>;
  readonly sets: Pick<SetBook, 'remember'>;
}

/** Sets that are published with their last good content: the store knows them before anything is sent. */
export class StandIns {
  readonly #needs: StandInsNeeds;
  #areStored = false;

  constructor(needs: StandInsNeeds) {
    this.#needs = needs;
  }

  /** Some set is, as far as the store knows. */
  get areStored(): boolean {
    return this.#areStored;
  }

  /** What the store keeps of sets is remembered. */
  async load(): Promise<void> {
    const { store, sets } = this.#needs;
    const { standIns, inUse } = await loadKeptSets(store);
    // What stands in comes first: of a set that both know, it is the newer.
    sets.remember(standIns);
    sets.remember(inUse);
    this.#areStored = standIns.size > 0;
  }

  /** A crash must not find the only good content gone. */
  async keep(self: Self, { standIns }: RenderedSets): Promise<void> {
    if (standIns.size === 0 && !this.#areStored) return;
    await storePatiently(self, this.#needs, [keepStandIns(standIns)], 'system');
    this.#areStored = standIns.size > 0;
  }
}
