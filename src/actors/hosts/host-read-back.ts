import type { Config } from '../../config/schema.js';
import type { EventBook } from '../../events/event-book.js';
import type { ServerEvent } from '../../events/server-event.js';
import { decideReadBack, type ReadBackOutcome } from '../../host/decide-read-back.js';
import type { HashField } from '../../host/hash-check.js';
import type { JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { Clock, Self } from '../../otp/index.js';
import type { Change, Store } from '../../store/store.js';
import { raiseAlert, type RaiseAlertNeeds } from '../alerts/raise-alert.js';
import type { Log } from '../../log/log.js';
import { nowSeconds } from '../now-seconds.js';
import { storePatiently } from '../store/store-patiently.js';
import type { DriftBook } from './drift-book.js';
import type { HostDelivery } from './host-delivery.js';
import type { HostRecord } from './host-record.js';

export type HostReadBackNeeds = RaiseAlertNeeds & {
  readonly clock: Pick<Clock, 'now'>;
  readonly config: Pick<Config, 'max_hash_fail_count'>;
  readonly store: Pick<Store, 'commit'>;
  readonly drift: Pick<DriftBook, 'get' | 'observe'>;
  readonly events: Pick<EventBook<ServerEvent>, 'put'>;
  readonly log: Log;
};

/** Takes in what somebody has seen who looked at what one host has loaded (`drift.read_back`). */
export class HostReadBack {
  readonly #needs: HostReadBackNeeds;
  readonly #record: HostRecord;
  readonly #delivery: Pick<HostDelivery, 'send'>;

  constructor(needs: HostReadBackNeeds, record: HostRecord, delivery: Pick<HostDelivery, 'send'>) {
    this.#needs = needs;
    this.#record = record;
    this.#delivery = delivery;
  }

  /** `differing`: hashes of what it has loaded that are not as sent. */
  async take(self: Self, differing: readonly HashField[]): Promise<void> {
    const { clock, config, drift, log, events } = this.#needs;
    const { hostkey } = this.#record;
    const row = this.#record.row();
    if (row === undefined) return;
    let outcome: ReadBackOutcome | undefined;
    const changes: Change[] = [
      {
        op: 'edit',
        table: 'host',
        id: row.id,
        edit: (current) => {
          outcome =
            current.hostkey === hostkey
              ? decideReadBack(current, this.#record.known, differing, config.max_hash_fail_count)
              : undefined;
          return outcome === undefined ? current : { ...outcome.row, id: current.id };
        },
      },
      this.#record.keep(() => outcome?.known),
    ];
    const result = await storePatiently(self, this.#needs, changes, 'system');
    if (!result.ok) return;
    const now: JsonObject = outcome?.row ?? row;
    const group = textOf(now.group);
    if (outcome !== undefined) {
      this.#record.known = outcome.known;
      const differed = drift.get(hostkey) !== undefined;
      drift.observe(hostkey, differing, nowSeconds(clock));
      const name = textOf(now.name);
      const said = { hostkey, name, group, differing };
      if (differing.length > 0 && !differed) events.put({ kind: 'drift_found', ...said });
      if (differing.length === 0 && differed) events.put({ kind: 'drift_mended', hostkey, name, group });
      if (differing.length > 0) log.warn(said, 'the rules read back from the host are not what it was sent');
      else log.info(said, 'the rules read back from the host are what it was sent');
      if (outcome.mail !== undefined) raiseAlert(this.#needs, outcome.mail, { ...now, id: row.id }, differing);
    }
    if (differing.length > 0 && this.#record.known?.unverified !== undefined)
      this.#delivery.send(group, { sets: false, rules: true, cause: 'drift' });
  }
}
