import type { DetailObject, Message, Self, GenServer } from '../../otp/index.js';
import { OutageNews } from '../../log/outage-news.js';
import type { StoreState } from '../../store/store.js';
import type { ServerBase } from '../context.js';
import { tell } from '../tell.js';

type Info = { readonly tag: 'state'; readonly state: StoreState };

const TABLE = 'store.table';

/** Watches over the store: an outage is a state that it shows and logs, not a crash. */
export class StoreKeeper implements GenServer<never, never, never, Info & Message> {
  readonly #context: ServerBase;
  readonly #news: OutageNews;
  #up = true;

  constructor(context: ServerBase) {
    this.#context = context;
    this.#news = new OutageNews(() => context.system.clock.monotonic());
  }

  init(self: Self): void {
    const unsubscribe = this.#context.store.onState((state) => tell<Info>(self, { tag: 'state', state }));
    self.signal.addEventListener('abort', unsubscribe, { once: true });
    const state = this.#context.store.state();
    this.#showTroubles(state);
    this.#context.metrics.gauge('dog_trainer_outage', 'store', state.up ? 0 : 1);
    this.#up = state.up;
    if (!state.up) this.#down(state);
  }

  handleInfo(_self: Self, { state }: Info): void {
    const { log, metrics } = this.#context;
    this.#showTroubles(state);
    const was = this.#up;
    this.#up = state.up;
    metrics.gauge('dog_trainer_outage', 'store', state.up ? 0 : 1);
    if (!state.up) return this.#down(state);
    if (was) return;
    log.info({}, 'the store is back');
    this.#news.over();
  }

  /** One alarm a table, for as long as the store refuses something there. */
  #showTroubles({ troubles = [] }: StoreState): void {
    const { alarms } = this.#context;
    const reasons = new Map<string, string>();
    for (const { table, reason } of troubles) {
      const id = `${TABLE}:${table}`;
      reasons.set(id, [...(reasons.has(id) ? [reasons.get(id)] : []), reason].join('; '));
    }
    for (const { id } of alarms.list()) if (id.startsWith(`${TABLE}:`) && !reasons.has(id)) alarms.clear(id);
    for (const [id, text] of reasons) alarms.set(id, text);
  }

  /** Each reason now and then: tried in turn, two servers that are away would be told of with every try. */
  #down({ reason }: StoreState): void {
    if (!this.#news.worthSaying(reason ?? '')) return;
    this.#context.log.error({ reason }, 'the store is down; what changes is kept waiting until it is back');
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
