import type { DetailObject, Message, Self, Server } from '../otp/index.js';
import type { StoreState } from '../store/store.js';
import type { ServerBase } from './context.js';
import { tell } from './tell.js';

type Info = { readonly tag: 'state'; readonly state: StoreState };

/** Watches over the store: an outage is a state that it shows and logs once, not a crash. */
export class StoreKeeper implements Server<never, never, never, Info & Message> {
  readonly #context: ServerBase;

  constructor(context: ServerBase) {
    this.#context = context;
  }

  init(self: Self): void {
    const unsubscribe = this.#context.store.onState((state) => tell<Info>(self, { tag: 'state', state }));
    self.signal.addEventListener('abort', unsubscribe, { once: true });
    this.#context.metrics.gauge('dog_trainer_outage', 'store', this.#context.store.state().up ? 0 : 1);
  }

  info(_self: Self, { state }: Info): void {
    const { log, metrics } = this.#context;
    metrics.gauge('dog_trainer_outage', 'store', state.up ? 0 : 1);
    if (state.up) log.info({}, 'the store is back');
    else log.error({ reason: state.reason }, 'the store is down; what changes is kept waiting until it is back');
  }

  describe(): DetailObject {
    const { up, since, reason } = this.#context.store.state();
    return {
      kind: this.#context.store.kind,
      up,
      since: Math.floor(since / 1000),
      ...(reason === undefined ? {} : { reason }),
    };
  }
}
