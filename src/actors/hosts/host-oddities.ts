import { CloneWatch } from '../../host/clone-watch.js';
import type { ReportOutcome } from '../../host/decide-report.js';
import { FloodWatch } from '../../host/flood-watch.js';
import type { HostReport } from '../../host/host-report.js';
import { textOf } from '../../model/text-of.js';
import type { Clock } from '../../otp/index.js';
import type { RefusedReports } from '../intake/refused-reports.js';
import type { Log } from '../../log/log.js';

export interface HostOdditiesNeeds {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly refused: Pick<RefusedReports, 'add'>;
  readonly log: Log;
}

/** What is odd about one host's agent though its reports are well formed; people are told of it. */
export class HostOddities {
  readonly #needs: HostOdditiesNeeds;
  readonly #hostkey: string;
  #clones: CloneWatch | undefined = undefined;
  readonly #floods = new FloodWatch();
  /** Where the agent says it is, when that is somewhere nothing is published to, and people were told. */
  #oddPlace: string | undefined = undefined;

  constructor(needs: HostOdditiesNeeds, hostkey: string) {
    this.#needs = needs;
    this.#hostkey = hostkey;
  }

  /** Whether its key is used by two machines, or it floods the server. */
  get found(): boolean {
    return this.#clones?.found === true || this.#floods.found;
  }

  /** Looks at every report, whatever comes of it. */
  reported(report: HostReport): void {
    this.#noticeClone(report);
    this.#noticeFlood(report);
  }

  /**
   * Its queues are bound to its own place, and everything is published to `*` and `*`
   * (docs/protocol.md#keys-with-literal-asterisks).
   */
  placed({ name, environment, location }: HostReport): void {
    const place = environment === '*' && location === '*' ? undefined : `${environment} ${location}`;
    if (place !== undefined && place !== this.#oddPlace)
      this.#needs.log.warn(
        { hostkey: this.#hostkey, name, environment, location },
        'the agent hears nothing that is published: environment and location must both be * in its configuration',
      );
    this.#oddPlace = place;
  }

  /** Said once: with the report that shows it first. */
  turned({ turned }: ReportOutcome, { name }: HostReport): void {
    const { log } = this.#needs;
    const host = { hostkey: this.#hostkey, name };
    switch (turned) {
      case 'first_seen':
        return log.warn(host, 'the agent cannot show its rules: the host is unverified, its rules are not compared');
      case 'was_verified':
        return log.warn(host, 'the host showed its rules before and no longer does: it is unverified; look at it');
      case 'verified_again':
        return log.info(host, 'the host shows its rules: it is not unverified any more');
      case undefined:
    }
  }

  /** What it says is taken all the same, and costs a commit; what it asks for by that is sent at the agreed rate. */
  #noticeFlood(report: HostReport): void {
    const { refused, log, clock } = this.#needs;
    if (!this.#floods.see(clock.monotonic())) return;
    const detail = 'it reports more than once a second; an agent does so once a minute';
    refused.add(clock.now(), report, 'overload', detail);
    log.warn({ hostkey: this.#hostkey, name: report.name }, `a host floods the server with reports: ${detail}`);
  }

  #noticeClone(report: HostReport): void {
    const clones = (this.#clones ??= new CloneWatch()).see({
      name: report.name,
      interfaces: textOf(report.fields.interfaces),
    });
    if (clones === undefined) return;
    const { refused, log, clock } = this.#needs;
    const pair = [clones.one, clones.other].sort().map((text) => JSON.stringify(text.slice(0, 200)));
    const detail = `two machines with different ${clones.by === 'name' ? 'names' : 'interfaces'} report with this hostkey: ${pair.join(' and ')}`;
    if (refused.add(clock.now(), report, 'cloned_hostkey', detail))
      log.warn({ hostkey: this.#hostkey }, `${detail}; give one of them a hostkey of its own`);
  }
}
