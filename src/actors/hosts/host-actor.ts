import { decideReport, groupAfter, registerHost, type ReportOutcome } from '../../host/decide-report.js';
import { decideTimeout, type TimeoutOutcome } from '../../host/decide-timeout.js';
import { knowledgeFromDoc, knowledgeToDoc, type HostKnowledge, type HostReport } from '../../host/host-report.js';
import { stateOf } from '../../host/host-state.js';
import { nextDeadline, type Deadline } from '../../host/next-deadline.js';
import type { Document, JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { DetailObject, Self, GenServer, TimerRef } from '../../otp/index.js';
import type { Change } from '../../store/store.js';
import { CONFIG_PUBLISHER } from '../publishing/config-publisher-messages.js';
import { nowSeconds, type ServerContext } from '../context.js';
import { guardOpened } from '../guard/guard-opened.js';
import { ConvergenceWatch } from './convergence-watch.js';
import { DriftLog } from './drift-log.js';
import { HostDelivery } from './host-delivery.js';
import type { HostCall, HostCast, HostReply } from './host-messages.js';
import { HostOddities } from './host-oddities.js';
import { readsBack } from './reads-back.js';
import { decideReadBack, type ReadBackOutcome } from '../../host/decide-read-back.js';
import type { HashField } from '../../host/hash-check.js';
import { raiseAlert } from '../alerts/raise-alert.js';
import { storePatiently } from '../store/store-patiently.js';
import { wantedHashes } from './wanted-hashes.js';

type HostInfo = { readonly tag: 'deadline' } | { readonly tag: 'idle' };

/** After a deadline has changed the row: how soon to look again, while the world may not have seen the change yet. */
const SETTLE_MS = 1000;
/** How long the actor of a host that is not registered waits for its next report. */
const STRANGER_MS = 60_000;

/**
 * One host: what its reports and its silence mean. The row in the store is the truth, each decision is made inside the
 * store's own edit, so that a change over the API at the same moment is never overwritten
 * (docs/host-lifecycle.md#processing-a-report). Deadlines are monotonic and count from the last report, the start, or
 * the opening of the guard, whichever is latest.
 */
export class HostActor implements GenServer<HostCall, HostReply, HostCast, HostInfo> {
  readonly #context: ServerContext;
  readonly #hostkey: string;
  readonly #delivery: HostDelivery;
  #known: HostKnowledge | undefined = undefined;
  /** The row this actor made, until the world has it too. */
  #madeId: string | undefined = undefined;
  #lastSeen: number;
  /** A good-bye brings the keepalive deadline forward to this moment. */
  #stopDeadline = Infinity;
  #timer: TimerRef | undefined = undefined;
  #timerAt = Infinity;
  #idleTimer: TimerRef | undefined = undefined;
  /** Whose ruleset the host was last sent or found to have; unknown until its first report. */
  #groupServed: string | undefined = undefined;
  readonly #converges: ConvergenceWatch;
  readonly #oddities: HostOddities;
  readonly #driftLog: DriftLog;

  constructor(context: ServerContext, hostkey: string) {
    this.#context = context;
    this.#hostkey = hostkey;
    this.#delivery = new HostDelivery(context, hostkey);
    this.#converges = new ConvergenceWatch(context);
    this.#oddities = new HostOddities(context, hostkey);
    this.#driftLog = new DriftLog(context.log);
    this.#lastSeen = context.system.clock.monotonic();
    this.#known = knowledgeFromDoc(context.world.knowledge(hostkey));
    if (this.#known?.stoppedAt !== undefined) this.#stopDeadline = this.#lastSeen + this.#graceMs;
  }

  init(self: Self): void {
    this.#arm(self);
  }

  async handleCall(self: Self, { report }: HostCall): Promise<HostReply> {
    await this.#report(self, report);
    if (this.#row() === undefined) this.#awaitStranger(self);
    return 'done';
  }

  handleCast(self: Self, message: HostCast): void | Promise<void> {
    switch (message.tag) {
      case 'check':
        return this.#arm(self);
      case 'moved':
        return this.#moved();
      case 'read_back':
        return this.#readBack(self, message.differing);
      case 'removed':
        // Another row may have the hostkey, or have it again.
        if (this.#context.world.hostByKey(this.#hostkey) !== undefined) return this.#arm(self);
        this.#context.drift.forget(this.#hostkey);
        this.#context.refused.clear(this.#hostkey);
        this.#context.hostRoom.showAlarm();
        return this.#forget(self);
    }
  }

  async #forget(self: Self): Promise<void> {
    await storePatiently(self, this.#context, [{ op: 'remove', table: 'host_report', id: this.#hostkey }], 'system');
    self.stop('normal');
  }

  async handleInfo(self: Self, { tag }: HostInfo): Promise<void> {
    if (tag === 'idle') {
      this.#idleTimer = undefined;
      if (this.#row() === undefined) self.stop('normal');
      return;
    }
    this.#timer = undefined;
    this.#timerAt = Infinity;
    const next = this.#next();
    const now = this.#context.system.clock.monotonic();
    if (next === undefined || next.at > now) return this.#arm(self);
    // Nobody is heard: look again when the guard may have moved on.
    if (!this.#context.guard.open) {
      return this.#armAt(self, now + this.#context.config.last_agent_update_check_interval_seconds * 1000);
    }
    await this.#timeout(self, next.event);
    const after = this.#next();
    if (after !== undefined) this.#armAt(self, Math.max(after.at, now + SETTLE_MS));
  }

  /** Hostkeys that nobody registered may be any number: their actors go when they fall silent. */
  #awaitStranger(self: Self): void {
    if (this.#idleTimer !== undefined) self.cancel(this.#idleTimer);
    this.#idleTimer = self.sendAfter(STRANGER_MS, { tag: 'idle' });
  }

  describe(): DetailObject {
    const row = this.#row();
    return {
      name: textOf(row?.name),
      state: row === undefined ? 'unregistered' : stateOf(row),
      ...(this.#known?.unverified === undefined ? {} : { unverified: true }),
      differing: this.#context.drift.get(this.#hostkey)?.differing ?? [],
    };
  }

  async #report(self: Self, report: HostReport): Promise<void> {
    const { refused } = this.#context;
    this.#oddities.reported(report);
    const row = this.#row();
    const tooLarge = this.#context.hostRoom.grow(this.#hostkey, { ...report.fields, ...report.extra });
    if (tooLarge !== undefined) {
      refused.add(this.#context.system.clock.now(), report, 'too_many_hosts', tooLarge);
      guardOpened(this.#context);
      return;
    }
    let outcome: ReportOutcome | 'gone' | 'taken' | undefined =
      row === undefined ? 'gone' : await this.#update(self, row.id, report);
    if (outcome === 'gone') {
      this.#madeId = undefined;
      outcome = await this.#register(self, report);
    }
    if (outcome === 'gone' || outcome === undefined) {
      // A stranger's report says nothing about a host, but that reports come in (docs/host-lifecycle.md#the-guard).
      guardOpened(this.#context);
      return;
    }
    this.#oddities.placed(report);
    if (outcome === 'taken') {
      this.#lastSeen = this.#context.system.clock.monotonic();
      guardOpened(this.#context);
      return;
    }
    if (outcome.event === undefined) {
      const { group } = outcome.row;
      refused.add(
        this.#context.system.clock.now(),
        report,
        'unknown_group',
        `no group is named ${JSON.stringify(group)}`,
      );
    } else if (!this.#oddities.found) refused.clear(this.#hostkey);
    this.#follow(self, outcome, report);
  }

  /** The host's row: the world's, or for a moment after registration the one this actor made. */
  #row(): ({ readonly id: string } & Document) | undefined {
    const row = this.#context.world.hostByKey(this.#hostkey);
    if (row !== undefined) {
      this.#madeId = undefined;
      return row;
    }
    return this.#madeId === undefined ? undefined : { id: this.#madeId };
  }

  async #register(self: Self, report: HostReport): Promise<ReportOutcome | 'gone' | 'taken' | undefined> {
    const { config, refused, system, log, registrations, hostRoom } = this.#context;
    const refuse = (reason: 'unknown_host' | 'registration_limit' | 'too_many_hosts', detail: string): undefined => {
      if (refused.add(system.clock.now(), report, reason, detail))
        log.warn({ hostkey: report.hostkey, name: report.name, reason }, `report not taken: ${detail}`);
      return undefined;
    };
    if (report.updateType !== 'force' || report.stopped)
      return refuse('unknown_host', 'the host is not registered; it registers when its agent starts');
    if (!config.auto_register_hosts)
      return refuse('unknown_host', 'auto_register_hosts is off; create it over the API');
    if (!registrations.take())
      return refuse('registration_limit', 'too many new hosts this minute (intake.registrations_per_minute)');
    const noRoom = hostRoom.admit(this.#hostkey, { ...report.fields, ...report.extra });
    if (noRoom !== undefined) return refuse('too_many_hosts', noRoom);
    const { row, known } = registerHost(report, nowSeconds(this.#context));
    const result = await storePatiently(
      self,
      this.#context,
      [
        { op: 'create', table: 'host', doc: row, uniqueOn: ['hostkey'] },
        { op: 'upsert', table: 'host_report', id: this.#hostkey, edit: () => knowledgeToDoc(this.#hostkey, known) },
      ],
      `agent:${this.#hostkey}`,
    );
    if (!result.ok) {
      hostRoom.release(this.#hostkey);
      // Somebody created it over the API a moment ago: then this is a report of a known host.
      if (result.failure.reason === 'taken') return this.#update(self, result.failure.existing.doc.id, report);
      return undefined;
    }
    this.#known = known;
    this.#madeId = result.stored[0]?.doc.id;
    log.info({ hostkey: report.hostkey, name: report.name, group: report.group }, 'host registered');
    refused.clear(this.#hostkey);
    // It has just started and runs we know not what: it gets all that its group has.
    const wanted = wantedHashes(this.#context, report.group, nowSeconds(this.#context), 0);
    if (wanted !== undefined) this.#delivery.send(report.group, { sets: true, rules: true, cause: 'start' });
    return 'taken';
  }

  async #update(self: Self, id: string, report: HostReport): Promise<ReportOutcome | 'gone'> {
    const { config, dialect } = this.#context;
    const groupOwner = config.host.group_owner ?? (dialect === 'dog1' ? 'report' : 'operator');
    let outcome: ReportOutcome | undefined;
    const decide = (row: Document): ReportOutcome => {
      const now = nowSeconds(this.#context);
      return decideReport(row, this.#known, report, {
        now,
        wanted: wantedHashes(
          this.#context,
          groupAfter(row, this.#known, report, groupOwner),
          now,
          config.ipset_hash_valid_seconds,
        ),
        hashCheck: {
          toleranceSeconds: config.hashcheck_alert_seconds,
          maxFailCount: config.max_hash_fail_count,
          checkV6: config.check_v6_hashes,
        },
        readsBack: readsBack(config),
        agentStopGraceSeconds: config.agent_stop_grace_seconds,
        groupOwner,
      });
    };
    const changes: Change[] = [
      {
        op: 'edit',
        table: 'host',
        id,
        edit: (row) => {
          // It was given another hostkey a moment ago: this report is of a host that there is not.
          if (row.hostkey !== this.#hostkey) return { refused: { reason: 'other_hostkey' } };
          outcome = decide(row);
          return { ...outcome.row, id: row.id };
        },
      },
      // What is known changes only with a start, a good-bye or a new place: an equal document writes nothing.
      this.#keep(() => outcome?.known),
    ];
    const result = await storePatiently(self, this.#context, changes, `agent:${this.#hostkey}`);
    if (!result.ok || outcome === undefined) return 'gone';
    this.#known = outcome.known;
    this.#groupServed = textOf(outcome.row.group);
    return outcome;
  }

  /** The step that keeps what is known of the host, where an earlier step of the same commit has decided anything. */
  #keep(known: () => HostKnowledge | undefined): Change {
    return {
      op: 'upsert',
      table: 'host_report',
      id: this.#hostkey,
      edit: (doc) => {
        const now = known();
        return now === undefined ? (doc ?? { id: this.#hostkey }) : knowledgeToDoc(this.#hostkey, now);
      },
    };
  }

  /** What is due after a report is stored. */
  #follow(self: Self, outcome: ReportOutcome, report: HostReport): void {
    const context = this.#context;
    const clock = context.system.clock;
    this.#lastSeen = clock.monotonic();
    this.#stopDeadline =
      outcome.deadlineInSeconds === undefined
        ? Infinity
        : Math.min(this.#stopDeadline, clock.monotonic() + outcome.deadlineInSeconds * 1000);
    guardOpened(context);
    context.drift.observe(this.#hostkey, outcome.differing, nowSeconds(context));
    this.#oddities.turned(outcome, report);
    if (outcome.event !== undefined && outcome.differing.length === 0 && outcome.known.unverified === undefined)
      this.#converges.reached(textOf(outcome.row.group));
    if (outcome.from !== outcome.to)
      context.log.info(
        { hostkey: this.#hostkey, name: report.name, from: outcome.from, to: outcome.to },
        'host changed state',
      );
    if (outcome.mail !== undefined) raiseAlert(context, outcome.mail, outcome.row, outcome.differing);
    const group = textOf(outcome.row.group);
    this.#logDrift(outcome, report, group);
    this.#count(report, group);
    const { sets, rules } = outcome.resend;
    if (sets || rules) {
      this.#delivery.send(group, {
        sets,
        rules,
        cause: report.updateType === 'force' ? 'start' : 'drift',
      });
    }
    if (outcome.sendConfig) self.cast(CONFIG_PUBLISHER, { tag: 'remind', hostkey: this.#hostkey });
    this.#arm(self);
  }

  /** Somebody has looked at what the host has loaded (`drift.read_back`). */
  async #readBack(self: Self, differing: readonly HashField[]): Promise<void> {
    const { config, drift, log } = this.#context;
    const row = this.#row();
    if (row === undefined) return;
    let outcome: ReadBackOutcome | undefined;
    const changes: Change[] = [
      {
        op: 'edit',
        table: 'host',
        id: row.id,
        edit: (current) => {
          outcome =
            current.hostkey === this.#hostkey
              ? decideReadBack(current, this.#known, differing, config.max_hash_fail_count)
              : undefined;
          return outcome === undefined ? current : { ...outcome.row, id: current.id };
        },
      },
      this.#keep(() => outcome?.known),
    ];
    const result = await storePatiently(self, this.#context, changes, 'system');
    if (!result.ok) return;
    const now: JsonObject = outcome?.row ?? row;
    const group = textOf(now.group);
    if (outcome !== undefined) {
      this.#known = outcome.known;
      drift.observe(this.#hostkey, differing, nowSeconds(this.#context));
      const said = { hostkey: this.#hostkey, name: textOf(now.name), group, differing };
      if (differing.length > 0) log.warn(said, 'the rules read back from the host are not what it was sent');
      else log.info(said, 'the rules read back from the host are what it was sent');
      if (outcome.mail !== undefined) raiseAlert(this.#context, outcome.mail, { ...now, id: row.id }, differing);
    }
    if (differing.length > 0 && this.#known?.unverified !== undefined)
      this.#delivery.send(group, { sets: false, rules: true, cause: 'drift' });
  }

  #logDrift({ event, differing }: ReportOutcome, { hostkey, name, hashes }: HostReport, group: string): void {
    if (event === 'pass_hashcheck') this.#driftLog.passed();
    if (event !== 'fail_hashcheck') return;
    const { config } = this.#context;
    const wanted = wantedHashes(this.#context, group, nowSeconds(this.#context), config.ipset_hash_valid_seconds);
    this.#driftLog.failed({ hostkey, name, group, differing, wanted, reported: hashes });
  }

  /** An agent that was moved over the API goes on listening to its old group: its new rules go to itself, at once. */
  #moved(): void {
    const group = textOf(this.#row()?.group);
    if (group === this.#groupServed) return;
    this.#groupServed = group;
    this.#delivery.send(group, { sets: false, rules: true, cause: 'moved' });
  }

  /**
   * The old server rebuilt all sets for these reports; here they only ask for what really changed
   * (docs/protocol.md#a-restart-concerns-one-host).
   */
  #count({ updateType }: HostReport, group: string): void {
    if (updateType === 'force') this.#context.metrics.count('ipset_queue_add_force', `host_group->${group}`);
    if (updateType === 'update') this.#context.metrics.count('ipset_queue_add', `host_group->${group}`);
  }

  get #graceMs(): number {
    return this.#context.config.agent_stop_grace_seconds * 1000;
  }

  #next(): Deadline | undefined {
    const { config, guard } = this.#context;
    const row = this.#row();
    if (row === undefined) return undefined;
    return nextDeadline(stateOf(row), {
      lastSeen: this.#lastSeen,
      guardOpenedAt: guard.openedAt,
      stopDeadline: this.#stopDeadline,
      keepaliveMs: config.keepalive_alert_seconds * 1000,
      retirementMs: config.retirement_alert_seconds * 1000,
    });
  }

  /** One timer is enough: it may come early, finds that nothing is due, and is set again. */
  #arm(self: Self): void {
    const next = this.#next();
    if (next !== undefined && next.at < this.#timerAt) this.#armAt(self, next.at);
  }

  #armAt(self: Self, at: number): void {
    if (this.#timer !== undefined) self.cancel(this.#timer);
    this.#timerAt = at;
    this.#timer = self.sendAfter(Math.max(0, at - this.#context.system.clock.monotonic()), { tag: 'deadline' });
  }

  async #timeout(self: Self, event: Deadline['event']): Promise<void> {
    const { log, world } = this.#context;
    const row = this.#row();
    if (row === undefined) return;
    let outcome: TimeoutOutcome | undefined;
    const edit = (current: Document): Document => {
      const decided = decideTimeout(current, this.#known, event);
      if (current.id === row.id) outcome = decided;
      return { ...decided.row, id: current.id };
    };
    // Other rows of this hostkey fall silent with it, or their addresses would stay in the sets for ever.
    const twins = world.hostsByKey(this.#hostkey).filter(({ id }) => id !== row.id);
    const changes = [row, ...twins].map(({ id }) => ({ op: 'edit', table: 'host', id, edit }) as const);
    const result = await storePatiently(self, this.#context, changes, 'system');
    if (!result.ok || outcome === undefined) return;
    this.#stopDeadline = Infinity;
    if (outcome.from !== outcome.to)
      log.info(
        { hostkey: this.#hostkey, name: outcome.row.name, from: outcome.from, to: outcome.to },
        'host changed state',
      );
    if (outcome.mail !== undefined) raiseAlert(this.#context, outcome.mail, { ...outcome.row, id: row.id }, []);
  }
}
