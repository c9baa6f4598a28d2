import type { DetailObject, Message, Self, GenServer } from '../otp/index.js';
import { tell } from './tell.js';

interface Info extends Message {
  readonly tag: 'failed';
  readonly error: unknown;
}

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

  init(self: Self): void {
    this.#start(self).then(
      () => (this.#done = true),
      (error: unknown) => tell<Info>(self, { tag: 'failed', error }),
    );
  }

  handleInfo(_self: Self, { error }: Info): never {
    throw error;
  }

  describe(): DetailObject {
    return { state: this.#done ? 'started' : 'waiting for the store' };
  }
}
