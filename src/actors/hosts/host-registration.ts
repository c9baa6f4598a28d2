import type { Config } from '../../config/schema.js';
import { registerHost } from '../../host/decide-report.js';
import { allFieldsOf, knowledgeToDoc, type HostReport } from '../../host/host-report.js';
import type { Clock, Self } from '../../otp/index.js';
import type { Store } from '../../store/store.js';
import type { RefusedReports } from '../intake/refused-reports.js';
import type { Log } from '../../log/log.js';
import { nowSeconds } from '../now-seconds.js';
import type { RateLimiter } from '../../rates/rate-limiter.js';
import { storePatiently } from '../store/store-patiently.js';
import type { HostDelivery } from './host-delivery.js';
import type { HostRecord } from './host-record.js';
import type { HostRoom } from './host-room.js';
import { wantedHashes, type WantedHashesNeeds } from './wanted-hashes.js';

export type HostRegistrationNeeds = WantedHashesNeeds & {
  readonly clock: Pick<Clock, 'now'>;
  readonly config: Pick<Config, 'auto_register_hosts'>;
  readonly store: Pick<Store, 'commit'>;
  readonly refused: Pick<RefusedReports, 'add' | 'clear'>;
  /** New hosts (`intake.registrations_per_minute`). */
  readonly registrations: Pick<RateLimiter, 'take'>;
  readonly hostRoom: Pick<HostRoom, 'admit' | 'release'>;
  readonly log: Log;
};

/** What became of a stranger's report. `known`: the hostkey got a row a moment ago, the one with this id. */
export type Registration = 'registered' | 'refused' | { readonly known: string };

/** Makes a row for a host that reports and has none (docs/host-lifecycle.md#processing-a-report). */
export class HostRegistration {
  readonly #needs: HostRegistrationNeeds;
  readonly #record: HostRecord;
  readonly #delivery: Pick<HostDelivery, 'send'>;

  constructor(needs: HostRegistrationNeeds, record: HostRecord, delivery: Pick<HostDelivery, 'send'>) {
    this.#needs = needs;
    this.#record = record;
    this.#delivery = delivery;
  }

  async register(self: Self, report: HostReport): Promise<Registration> {
    const { clock, config, refused, log, registrations, hostRoom } = this.#needs;
    const { hostkey } = this.#record;
    const refuse = (reason: 'unknown_host' | 'registration_limit' | 'too_many_hosts', detail: string): 'refused' => {
      if (refused.add(clock.now(), report, reason, detail))
        log.warn({ hostkey: report.hostkey, name: report.name, reason }, `report not taken: ${detail}`);
      return 'refused';
    };
    if (report.updateType !== 'force' || report.stopped)
      return refuse('unknown_host', 'the host is not registered; it registers when its agent starts');
    if (!config.auto_register_hosts)
      return refuse('unknown_host', 'auto_register_hosts is off; create it over the API');
    if (!registrations.take())
      return refuse('registration_limit', 'too many new hosts this minute (intake.registrations_per_minute)');
    const noRoom = hostRoom.admit(hostkey, allFieldsOf(report));
    if (noRoom !== undefined) return refuse('too_many_hosts', noRoom);
    const { row, known } = registerHost(report, nowSeconds(clock));
    const result = await storePatiently(
      self,
      this.#needs,
      [
        { op: 'create', table: 'host', doc: row, uniqueOn: ['hostkey'] },
        { op: 'upsert', table: 'host_report', id: hostkey, edit: () => knowledgeToDoc(hostkey, known) },
      ],
      `agent:${hostkey}`,
    );
    if (!result.ok) {
      hostRoom.release(hostkey);
      // Somebody created it over the API a moment ago: then this is a report of a known host.
      return result.failure.reason === 'taken' ? { known: result.failure.existing.doc.id } : 'refused';
    }
    this.#record.known = known;
    this.#record.made(result.stored[0]?.doc.id);
    log.info({ hostkey: report.hostkey, name: report.name, group: report.group }, 'host registered');
    refused.clear(hostkey);
    // It has just started and runs we know not what: it gets all that its group has.
    const wanted = wantedHashes(this.#needs, { hostkey: report.hostkey, group: report.group }, nowSeconds(clock), 0);
    if (wanted !== undefined) this.#delivery.send(report.group, { sets: true, rules: true, cause: 'start' });
    return 'registered';
  }
}
