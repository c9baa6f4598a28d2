import type { Config } from '../../config/schema.js';
import type { Dialect } from '../../firewall/dialect.js';
import type { EventBook } from '../../events/event-book.js';
import type { ServerEvent } from '../../events/server-event.js';
import { decideReport, groupAfter, type ReportOutcome } from '../../host/decide-report.js';
import { allFieldsOf, type HostReport } from '../../host/host-report.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Document, JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { Clock, Self } from '../../otp/index.js';
import type { Change, Store } from '../../store/store.js';
import { raiseAlert, type RaiseAlertNeeds } from '../alerts/raise-alert.js';
import { guardOpened, type GuardOpenedNeeds } from '../guard/guard-opened.js';
import type { RefusedReports } from '../intake/refused-reports.js';
import type { Log } from '../../log/log.js';
import { nowSeconds } from '../now-seconds.js';
import { CONFIG_PUBLISHER } from '../publishing/config-publisher-messages.js';
import type { Notes } from '../store/notes.js';
import { storePatiently } from '../store/store-patiently.js';
import { ConvergenceWatch, type ConvergenceWatchNeeds } from './convergence-watch.js';
import type { ConvergenceBook } from './convergence-book.js';
import type { DriftBook } from './drift-book.js';
import { DriftLog } from './drift-log.js';
import type { HostDeadlines } from './host-deadlines.js';
import type { HostDelivery } from './host-delivery.js';
import { HostOddities, type HostOdditiesNeeds } from './host-oddities.js';
import type { HostRecord } from './host-record.js';
import { noteHeld } from './note-held.js';
import { LastReport } from './last-report.js';
import { HostRegistration, type HostRegistrationNeeds } from './host-registration.js';
import type { HostRoom } from './host-room.js';
import { readsBack, type ReadBackSwitch } from './reads-back.js';
import { assignedTo } from '../groups/assigned.js';
import { wantedHashes, type WantedHashesNeeds } from './wanted-hashes.js';

export type HostReportsNeeds = ConvergenceWatchNeeds &
  GuardOpenedNeeds &
  HostOdditiesNeeds &
  HostRegistrationNeeds &
  RaiseAlertNeeds &
  WantedHashesNeeds & {
    readonly clock: Pick<Clock, 'now'>;
    readonly config: ReadBackSwitch &
      Pick<
        Config,
        | 'agent_stop_grace_seconds'
        | 'check_v6_hashes'
        | 'hashcheck_alert_seconds'
        | 'ipset_hash_valid_seconds'
        | 'keepalive_alert_seconds'
        | 'max_hash_fail_count'
      > & { readonly host: Pick<Config['host'], 'group_owner' | 'history_keep'> };
    readonly dialect: Dialect;
    readonly store: Pick<Store, 'commit'>;
    readonly notes: Pick<Notes, 'put'>;
    readonly drift: Pick<DriftBook, 'observe'>;
    readonly convergence: Pick<ConvergenceBook, 'reported'>;
    readonly refused: Pick<RefusedReports, 'add' | 'clear'>;
    readonly hostRoom: Pick<HostRoom, 'grow'>;
    readonly events: Pick<EventBook<ServerEvent>, 'put'>;
    readonly metrics: Metrics;
    readonly log: Log;
  };

/** The parts of the host's actor that a report concerns. */
export interface HostParts {
  readonly record: HostRecord;
  readonly delivery: Pick<HostDelivery, 'send' | 'serves'>;
  readonly deadlines: Pick<HostDeadlines, 'heard' | 'arm'>;
}

/** What one host's reports do, each in one commit; a report of a host without a row may register it. */
export class HostReports {
  readonly #needs: HostReportsNeeds;
  readonly #parts: HostParts;
  readonly #registration: HostRegistration;
  readonly #converges: ConvergenceWatch;
  readonly #oddities: HostOddities;
  readonly #driftLog: DriftLog;
  readonly #last: LastReport;
  /** Whether it was noted in this run what the host holds. */
  #noted = false;

  constructor(needs: HostReportsNeeds, parts: HostParts) {
    this.#needs = needs;
    this.#parts = parts;
    this.#registration = new HostRegistration(needs, parts.record, parts.delivery);
    this.#converges = new ConvergenceWatch(needs);
    this.#oddities = new HostOddities(needs, parts.record.hostkey);
    this.#driftLog = new DriftLog(needs);
    this.#last = new LastReport(parts.record);
  }

  /**
   * Answers with what `then` gives, when what follows from the report is stored, or it was refused for good. Few promises, as
   * there is one such call for each report of each host.
   */
  take<Answer>(self: Self, report: HostReport, then: () => Answer): Answer | Promise<Answer> {
    const { clock, refused, hostRoom } = this.#needs;
    const { record } = this.#parts;
    this.#oddities.reported(report);
    const row = record.row();
    const tooLarge = this.#last.isAgain(report, row) ? undefined : hostRoom.grow(record.hostkey, allFieldsOf(report));
    if (tooLarge !== undefined) {
      refused.add(clock.now(), report, 'too_many_hosts', tooLarge);
      guardOpened(self, this.#needs);
      return then();
    }
    if (row === undefined) return this.#takeStranger(self, report).then(then);
    return this.#update(self, row.id, report, (outcome) => {
      if (outcome === undefined) return this.#takeStranger(self, report).then(then);
      this.#taken(self, outcome, report);
      return then();
    });
  }

  /** Of a host without a row: it may get one. */
  async #takeStranger(self: Self, report: HostReport): Promise<void> {
    const { record, deadlines } = this.#parts;
    record.made(undefined);
    const registration = await this.#registration.register(self, report);
    const outcome =
      typeof registration === 'object'
        ? await this.#update(self, registration.known, report, (found) => found ?? 'refused')
        : registration;
    // A stranger's report says nothing about a host, but that reports come in (docs/host-lifecycle.md#the-guard).
    if (outcome === 'refused') return guardOpened(self, this.#needs);
    if (outcome !== 'registered') return this.#taken(self, outcome, report);
    this.#oddities.placed(report);
    this.#noteHeld({}, report.fields);
    deadlines.heard();
    guardOpened(self, this.#needs);
  }

  #taken(self: Self, outcome: ReportOutcome, report: HostReport): void {
    const { clock, refused } = this.#needs;
    this.#oddities.placed(report);
    if (outcome.event === undefined) {
      const { group } = outcome.row;
      refused.add(clock.now(), report, 'unknown_group', `no group is named ${JSON.stringify(group)}`);
    } else if (!this.#oddities.found) refused.clear(this.#parts.record.hostkey);
    this.#follow(self, outcome, report);
  }

  /** `then` gets `undefined` where there is no such row any more, or it is another host's. */
  #update<Answer>(
    self: Self,
    id: string,
    report: HostReport,
    then: (outcome: ReportOutcome | undefined) => Answer | Promise<Answer>,
  ): Promise<Answer> {
    const { record, delivery } = this.#parts;
    const { hostkey } = record;
    let outcome: ReportOutcome | undefined;
    let before: Document | undefined;
    const changes: Change[] = [
      {
        op: 'edit',
        table: 'host',
        id,
        edit: (row) => {
          // It was given another hostkey a moment ago: this report is of a host that there is not.
          if (row.hostkey !== hostkey) return { refused: { reason: 'other_hostkey' } };
          before = row;
          outcome = this.#decide(row, report);
          return outcome.row;
        },
      },
      // What is known changes only with a start, a good-bye or a new place: an equal document writes nothing.
      record.keep(() => outcome?.known),
    ];
    return storePatiently(self, this.#needs, changes, `agent:${hostkey}`).then((result) => {
      if (!result.ok || outcome === undefined) return then(undefined);
      record.known = outcome.known;
      this.#last.stored(report, result.stored[0]?.doc);
      if (before !== undefined) this.#noteHeld(before, outcome.row);
      delivery.serves(textOf(outcome.row.group));
      return then(outcome);
    });
  }

  #noteHeld(before: JsonObject, after: JsonObject): void {
    const at = nowSeconds(this.#needs.clock);
    noteHeld(this.#needs, this.#parts.record.hostkey, before, after, { at, first: !this.#noted });
    this.#noted = true;
  }

  #decide(row: Document, report: HostReport): ReportOutcome {
    const { clock, config, dialect } = this.#needs;
    const { known } = this.#parts.record;
    const groupOwner = config.host.group_owner ?? (dialect === 'dog1' ? 'report' : 'operator');
    const now = nowSeconds(clock);
    const group = groupAfter(row, known, report, groupOwner);
    return decideReport(row, known, report, {
      now,
      wanted: wantedHashes(this.#needs, { hostkey: report.hostkey, group }, now, config.ipset_hash_valid_seconds),
      hashCheck: {
        toleranceSeconds: config.hashcheck_alert_seconds,
        maxFailCount: config.max_hash_fail_count,
        checkV6: config.check_v6_hashes,
      },
      readsBack: readsBack(config),
      agentStopGraceSeconds: config.agent_stop_grace_seconds,
      groupOwner,
      again: this.#last.isAgain(report, row),
    });
  }

  /** What is due after a report is stored. */
  #follow(self: Self, outcome: ReportOutcome, report: HostReport): void {
    const { clock, drift, convergence, log, events } = this.#needs;
    const { record, delivery, deadlines } = this.#parts;
    deadlines.heard(outcome.deadlineInSeconds ?? Infinity);
    guardOpened(self, this.#needs);
    drift.observe(record.hostkey, outcome.differing, nowSeconds(clock));
    this.#oddities.turned(outcome, report);
    const group = textOf(outcome.row.group);
    convergence.reported(record.hostkey, group, report.hashes);
    if (outcome.event !== undefined && outcome.differing.length === 0 && outcome.known.unverified === undefined)
      this.#converges.reported(group, report.hashes);
    const { from, to } = outcome;
    if (from !== to) {
      const { hostkey } = record;
      log.info({ hostkey, name: report.name, from, to }, 'host changed state');
      events.put({ kind: 'host_state', hostkey, name: report.name, group, from, to });
    }
    if (outcome.mail !== undefined) raiseAlert(this.#needs, outcome.mail, outcome.row, outcome.differing);
    this.#logDrift(outcome, report, group);
    this.#count(report, group);
    const { sets, rules } = outcome.resend;
    if (!sets && !rules && this.#holdsTooMany(outcome, report, group))
      delivery.send(group, { sets: true, rules: false, cause: 'left_over' });
    if (sets || rules) delivery.send(group, { sets, rules, cause: report.updateType === 'force' ? 'start' : 'drift' });
    if (outcome.sendConfig) self.cast(CONFIG_PUBLISHER, { tag: 'remind', hostkey: record.hostkey });
    deadlines.arm(self);
  }

  /**
   * Where sets go by group: its rules are right, its sets are not. Those that its former rules named could not go before the
   * new ones were in; its group's are sent once more for that, those of a host that gets its own are seen here.
   */
  #holdsTooMany({ differing }: ReportOutcome, { hostkey }: HostReport, group: string): boolean {
    const { groupSets, clock, config } = this.#needs;
    if (groupSets.scope === 'all' || differing.length !== 1 || differing[0] !== 'ipset_hash') return false;
    const host = { hostkey, group };
    if (assignedTo(this.#needs, host)?.alone === true) return true;
    const now = nowSeconds(clock);
    const wanted = wantedHashes(this.#needs, host, now, config.ipset_hash_valid_seconds);
    return wanted?.sets !== undefined && now - wanted.sets.changedAt > config.hashcheck_alert_seconds / 2;
  }

  #logDrift({ event, differing }: ReportOutcome, { hostkey, name, hashes }: HostReport, group: string): void {
    if (event === 'pass_hashcheck') this.#driftLog.passed({ hostkey, name, group });
    if (event !== 'fail_hashcheck') return;
    const { clock, config } = this.#needs;
    const wanted = wantedHashes(this.#needs, { hostkey, group }, nowSeconds(clock), config.ipset_hash_valid_seconds);
    this.#driftLog.failed({ hostkey, name, group, differing, wanted, reported: hashes });
  }

  /**
   * The Erlang server rebuilt all sets for these reports; here they only ask for what really changed
   * (docs/protocol.md#a-restart-concerns-one-host).
   */
  #count({ updateType }: HostReport, group: string): void {
    if (updateType === 'force') this.#needs.metrics.count('ipset_queue_add_force', `host_group->${group}`);
    if (updateType === 'update') this.#needs.metrics.count('ipset_queue_add', `host_group->${group}`);
  }
}
