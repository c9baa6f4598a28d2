import { CallFailed, type Self } from '../../otp/index.js';
import type { Log } from '../../log/log.js';
import { IPSET_PUBLISHER, type IpsetReply } from './publisher-messages.js';

/** Asks the ipset publisher to hand over the sets as they are now, before rules that name them. */
export class CurrentSets {
  readonly #log: Pick<Log, 'warn'>;
  #unanswered = false;

  constructor(log: Pick<Log, 'warn'>) {
    this.#log = log;
  }

  /** It was asked last in vain, and that was said. */
  get unanswered(): boolean {
    return this.#unanswered;
  }

  /** Undefined: it does not answer. */
  async ask(self: Self): Promise<IpsetReply | undefined> {
    try {
      const sets = await self.call(IPSET_PUBLISHER, { tag: 'flush' });
      this.#unanswered = false;
      return sets;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      if (!this.#unanswered)
        this.#log.warn({ err: error }, 'the ipset publisher does not answer; rulesets wait for it');
      this.#unanswered = true;
      return undefined;
    }
  }
}
