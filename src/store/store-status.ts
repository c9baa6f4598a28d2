import type { StoreError, StoreState, TableTrouble } from './store.js';

/** Whether the store can write, and since when; tells listeners of every change. */
export class StoreStatus {
  #state: StoreState;
  #troubles: readonly TableTrouble[] = [];
  readonly #listeners = new Set<(state: StoreState) => void>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
    this.#state = Object.freeze({ up: true, since: now() });
  }

  get current(): StoreState {
    return this.#state;
  }

  /** Returns what takes the listener off again. A listener that throws does so in a turn of its own. */
  listen(listener: (state: StoreState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  up(): void {
    if (!this.#state.up) this.#change({ up: true, since: this.#now() });
  }

  down(error: StoreError): void {
    if (this.#state.up) this.#change({ up: false, since: this.#now(), reason: error.message });
    else if (this.#state.reason !== error.message) this.#change({ ...this.#state, reason: error.message });
  }

  /** Whether the store is up or not, this is what is wrong with single tables, as far as it is known. */
  troubled(troubles: readonly TableTrouble[]): void {
    this.#troubles = Object.freeze([...troubles]);
    this.#change(this.#state);
  }

  #change({ up, since, reason }: StoreState): void {
    const troubles = this.#troubles.length === 0 ? {} : { troubles: this.#troubles };
    const state: StoreState = { up, since, ...(reason === undefined ? {} : { reason }), ...troubles };
    this.#state = Object.freeze(state);
    for (const listener of this.#listeners) {
      queueMicrotask(() => {
        if (this.#listeners.has(listener)) listener(state);
      });
    }
  }
}
