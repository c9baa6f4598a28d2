import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Clock, DetailObject, Self, GenServer } from '../../otp/index.js';
import { OutageNews } from '../../log/outage-news.js';
import type { Store, StoreState } from '../../store/store.js';
import type { Log } from '../../log/log.js';

type Info = { readonly tag: 'state'; readonly state: StoreState };

export interface StoreKeeperNeeds {
  readonly store: Pick<Store, 'kind' | 'state' | 'onState'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Pick<Log, 'info' | 'error'>;
  readonly metrics: Pick<Metrics, 'gauge'>;
  readonly alarms: Pick<AlarmBook, 'list' | 'set' | 'clear'>;
}

const TABLE = 'store.table';

/** Watches over the store: an outage is a state that it shows and logs, not a crash. */
export class StoreKeeper implements GenServer<never, never, never, Info> {
  readonly #needs: StoreKeeperNeeds;
  readonly #news: OutageNews;
  #up = true;

  constructor(needs: StoreKeeperNeeds) {
    this.#needs = needs;
    this.#news = new OutageNews(() => needs.clock.monotonic());
  }

  init(self: Self<Info>): void {
    const unsubscribe = this.#needs.store.onState((state) => self.tell({ tag: 'state', state }));
    self.signal.addEventListener('abort', unsubscribe, { once: true });
    const state = this.#needs.store.state();
    this.#showTroubles(state);
    this.#needs.metrics.gauge('dog_trainer_outage', 'store', state.up ? 0 : 1);
    this.#up = state.up;
    if (!state.up) this.#down(state);
  }

  handleInfo(_self: Self<Info>, { state }: Info): void {
    const { log, metrics } = this.#needs;
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
    const { alarms } = this.#needs;
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
    this.#needs.log.error({ reason }, 'the store is down; what changes is kept waiting until it is back');
  }

  describe(): DetailObject {
    const { up, since, reason } = this.#needs.store.state();
    return {
      kind: this.#needs.store.kind,
      up,
      since: Math.floor(since / 1000),
      ...(reason === undefined ? {} : { reason }),
    };
  }
}
