import type { DetailObject, Self, GenServer } from '../otp/index.js';

type Info = { readonly tag: 'started' } | { readonly tag: 'failed'; readonly error: unknown };

/**
 * Starts what can't be part of the tree from the beginning, because the store may be away then: beside its mailbox, as
 * the supervisor that it asks may be waiting for it. A start that fails ends it, and its supervisor tries again.
 */
export class Starter implements GenServer<never, never, never, Info> {
  readonly #start: (self: Self) => Promise<void>;
  #done = false;

  constructor(start: (self: Self) => Promise<void>) {
    this.#start = start;
  }

  init(self: Self<Info>): void {
    self.pipeToSelf(
      this.#start(self),
      () => ({ tag: 'started' }),
      (error) => ({ tag: 'failed', error }),
    );
  }

  handleInfo(_self: Self<Info>, message: Info): void {
    if (message.tag === 'failed') throw message.error;
    this.#done = true;
  }

  describe(): DetailObject {
    return { state: this.#done ? 'started' : 'waiting for the store' };
  }
}
