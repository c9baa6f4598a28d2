import type { BrokerConnection, Consumer, Delivery } from '../../broker/broker.js';
import { declareServerTopology, REPORT_QUEUE } from '../../broker/topology.js';
import type { HostReport } from '../../host/host-report.js';
import type { Config } from '../../config/schema.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import {
  CallFailed,
  type Clock,
  type DetailObject,
  type KeyedChildren,
  type Self,
  type GenServer,
} from '../../otp/index.js';
import { MessageError } from '../../wire/messages/message-error.js';
import { ReportError } from '../../wire/messages/report.js';
import type { ConnectionInfo } from '../broker/connection-messages.js';
import type { World } from '../../world/world.js';
import type { BrokerLink } from '../broker/broker-link.js';
import type { HostCall, HostCast, HostReply } from '../hosts/host-messages.js';
import type { Log } from '../../log/log.js';
import type { DeadLetters } from './dead-letters.js';
import { checkReport, checkSender, readReport, shownReport, type ReportBounds } from './read-report.js';
import type { RefusalReason, RefusedReports } from './refused-reports.js';
import { RepeatedReports } from './repeated-reports.js';

type Info =
  | ConnectionInfo
  | { readonly tag: 'delivery'; readonly delivery: Delivery }
  | { readonly tag: 'ended'; readonly connection: BrokerConnection; readonly error: unknown }
  | { readonly tag: 'retry'; readonly delivery: Delivery; readonly report: HostReport; readonly tries: number }
  | { readonly tag: 'strangers'; readonly overdue: boolean }
  | { readonly tag: 'consume' }
  | { readonly tag: 'tidy' };

export interface IntakeNeeds {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly config: { readonly intake: Pick<Config['intake'], 'prefetch' | 'max_tries'> & ReportBounds };
  /** The connection over which reports come in. */
  readonly reportsLink: Pick<BrokerLink, 'subscribe' | 'trouble'>;
  readonly world: Pick<World, 'ready' | 'hostByKey' | 'rows'>;
  readonly hosts: Pick<KeyedChildren<HostCast, HostCall, HostReply>, 'call'>;
  readonly refused: Pick<RefusedReports, 'add' | 'passed' | 'forgetAddressesBefore'>;
  readonly deadLetters: Pick<DeadLetters, 'add' | 'tidy' | 'total'>;
  readonly metrics: Metrics;
  readonly log: Log;
}

interface Stranger {
  readonly delivery: Delivery;
  readonly report: HostReport;
}

/** Between two tries to consume, and to hand over a report while there are no hosts' actors at all. */
const RETRY_MS = 1000;
/** How often dead letters are looked at for old ones. */
const TIDY_MS = 3_600_000;
/** How long a report of an unknown hostkey waits at most for those of known hosts. */
const STRANGERS_MS = 200;
/** A host whose addresses were refused and that is silent for so long raises no alarm by that any more. */
const SILENT_MS = 3_600_000;
/** How long a stop waits for reports under way; those not answered by then come again after the next start. */
const FINISH_MS = 2000;
/** Between two looks whether the world is loaded. */
const LOADING_MS = 50;

/** Whether a host's actor died of its report, or had too many; otherwise it only was not there at that moment. */
function isItsFault(error: unknown): boolean {
  return (
    !(error instanceof CallFailed) ||
    error.reason === 'overloaded' ||
    (typeof error.reason === 'object' && !('shutdown' in error.reason))
  );
}

/**
 * Consumes the agents' reports (queue `ips`) and hands each to its host's actor. The broker is answered when what
 * follows from a report is stored; a bad report is counted, kept as a dead letter and then acknowledged, so that it
 * comes neither back for ever nor is gone without a trace. Many are under way at once, those of one host in order.
 */
export class Intake implements GenServer<never, never, never, Info> {
  readonly #needs: IntakeNeeds;
  #connection: BrokerConnection | undefined = undefined;
  /** The connection on which there is a consumer, or one is being made. */
  #consuming: BrokerConnection | undefined = undefined;
  #consumer: Consumer | undefined = undefined;
  /** Delivered, and in the mailbox or waiting for another try. */
  readonly #unread = new Set<Delivery>();
  /** Reports of hostkeys that are not registered, in order; their deliveries are among the unread. */
  readonly #strangers: Stranger[] = [];
  readonly #repeated: RepeatedReports;
  /** Reports that are at their host's actor, or on their way to the dead letters. */
  #underWay = 0;
  /** Told when none is any more. */
  #idle: () => void = () => undefined;
  #handled = 0;

  constructor(needs: IntakeNeeds) {
    this.#needs = needs;
    this.#repeated = new RepeatedReports(needs.world);
  }

  init(self: Self<Info>): void {
    // A consumer must not outlive its actor: the broker would go on sending to a dead actor.
    self.signal.addEventListener('abort', () => this.#stop(), { once: true });
    this.#connection = this.#needs.reportsLink.subscribe(self);
    this.#consume(self);
    self.sendInterval(TIDY_MS, { tag: 'tidy' });
    self.tell({ tag: 'tidy' });
  }

  handleInfo(self: Self<Info>, message: Info): void {
    switch (message.tag) {
      case 'broker_up':
        this.#connection = message.connection;
        return this.#consume(self);
      case 'broker_down':
        this.#connection = undefined;
        this.#consuming = undefined;
        this.#consumer = undefined;
        this.#unread.clear();
        this.#strangers.splice(0);
        return;
      case 'consume':
        return this.#consume(self);
      case 'strangers':
        return this.#takeStrangers(self, message.overdue);
      case 'tidy':
        void this.#needs.deadLetters.tidy();
        this.#needs.refused.forgetAddressesBefore(this.#needs.clock.now() - SILENT_MS);
        return;
      case 'ended':
        if (message.connection !== this.#consuming) return;
        this.#consuming = undefined;
        this.#consumer = undefined;
        this.#troubled(message.error);
        self.sendAfter(RETRY_MS, { tag: 'consume' });
        return;
      case 'delivery':
        this.#unread.delete(message.delivery);
        return this.#take(self, message.delivery);
      case 'retry':
        this.#unread.delete(message.delivery);
        return this.#hand(self, message.delivery, message.report, message.tries);
    }
  }

  /** Intake is the first to stop: no report is taken that could not be finished, and what was begun is. */
  async terminate({ system }: Self<Info>): Promise<void> {
    await this.#consumer?.cancel();
    if (this.#underWay === 0) return;
    await new Promise<void>((resolve) => {
      const timer = system.clock.setTimer(FINISH_MS, resolve);
      this.#idle = () => {
        system.clock.clearTimer(timer);
        resolve();
      };
    });
  }

  describe(): DetailObject {
    return {
      consuming: this.#consumer !== undefined,
      under_way: this.#underWay,
      handled: this.#handled,
      dead_letters: this.#needs.deadLetters.total,
    };
  }

  #consume(self: Self<Info>): void {
    const connection = this.#connection;
    if (connection === undefined || this.#consuming === connection) return;
    const { config, world, reportsLink } = this.#needs;
    if (!world.ready) {
      // Without the fleet in memory every host would be a stranger, and no group would have hashes.
      self.sendAfter(LOADING_MS, { tag: 'consume' });
      return;
    }
    this.#consuming = connection;
    const consume = async (): Promise<unknown> => {
      // A deleted queue has lost its binding too; while the connection is still there nothing else declares it.
      if (reportsLink.trouble !== undefined) await declareServerTopology(connection);
      const consumer = await connection.consume(REPORT_QUEUE, { prefetch: config.intake.prefetch }, (delivery) => {
        this.#unread.add(delivery);
        if (!self.tell({ tag: 'delivery', delivery })) delivery.reject({ requeue: true });
      });
      if (self.signal.aborted) return consumer.cancel();
      if (this.#consuming === connection) {
        this.#consumer = consumer;
        this.#wellAgain();
      }
      return consumer.ended;
    };
    const ended = (error: unknown): Info => ({ tag: 'ended', connection, error });
    self.pipeToSelf(consume(), ended, ended);
  }

  /** Said once, however often it is tried; `/readyz` says it as long as it lasts. */
  #troubled(error: unknown): void {
    const { log, reportsLink } = this.#needs;
    if (reportsLink.trouble === undefined) log.warn({ err: error }, 'reports are not consumed; trying again');
    reportsLink.trouble = error instanceof Error ? error.message : 'the consumer ended';
  }

  #wellAgain(): void {
    const { log, reportsLink } = this.#needs;
    if (reportsLink.trouble !== undefined) log.info({}, 'reports are consumed again');
    reportsLink.trouble = undefined;
  }

  #take(self: Self<Info>, delivery: Delivery): void {
    const { metrics, config, clock, refused } = this.#needs;
    const digest = this.#repeated.digestOf(delivery.body, config.intake);
    const repeated = digest === undefined ? undefined : this.#repeated.get(digest);
    const report = repeated ?? readReport(delivery.body, config.intake);
    if (report instanceof MessageError) {
      // As scrapers of the Erlang server expect: by its type, if that much could be read, and as an exception.
      if (report instanceof ReportError && report.updateType !== undefined)
        metrics.count('ips_update', report.updateType);
      metrics.count('ips_update', 'exception');
      metrics.count('dog_trainer_reports_refused_total', report.reason);
      const hostkey = report instanceof ReportError ? report.hostkey : undefined;
      if (hostkey !== undefined) refused.add(clock.now(), { hostkey }, 'malformed', report.message);
      return this.#bury(delivery, report.reason, report.message, hostkey);
    }
    metrics.count('ips_update', report.updateType);
    const refusal =
      checkSender(delivery, report, config.intake) ??
      (report === repeated ? undefined : checkReport(report, config.intake));
    if (refusal !== undefined) return this.#refuse(delivery, report, refusal.reason, refusal.detail);
    if (digest !== undefined && report !== repeated) this.#repeated.keep(digest, report);
    refused.passed(report.hostkey);
    if (this.#isStranger(report.hostkey)) return this.#queueStranger(self, { delivery, report });
    this.#hand(self, delivery, report, config.intake.max_tries);
  }

  /** Also while earlier reports of it wait: those of one host are handled in order. */
  #isStranger(hostkey: string): boolean {
    return (
      this.#needs.world.hostByKey(hostkey) === undefined ||
      this.#strangers.some(({ report }) => report.hostkey === hostkey)
    );
  }

  /** A sender of reports can invent hostkeys without end: known hosts come first. */
  #queueStranger(self: Self<Info>, stranger: Stranger): void {
    this.#unread.add(stranger.delivery);
    this.#strangers.push(stranger);
    if (this.#strangers.length > 1) return;
    // Behind what has been delivered already.
    self.tell({ tag: 'strangers', overdue: false });
    self.sendAfter(STRANGERS_MS, { tag: 'strangers', overdue: true });
  }

  /** Strangers begin while no known host's report is under way, and at the latest when they have waited long enough. */
  #takeStrangers(self: Self<Info>, overdue: boolean): void {
    if (!overdue && this.#underWay > 0) return;
    for (const { delivery, report } of this.#strangers.splice(0)) {
      this.#unread.delete(delivery);
      this.#hand(self, delivery, report, this.#needs.config.intake.max_tries);
    }
  }

  #refuse(delivery: Delivery, report: HostReport, reason: RefusalReason, detail: string): void {
    const { metrics, refused, clock } = this.#needs;
    metrics.count('ips_update', 'exception');
    metrics.count('dog_trainer_reports_refused_total', reason);
    const shown = shownReport(report);
    refused.add(clock.now(), shown, reason, detail);
    this.#bury(delivery, reason, detail, shown.hostkey);
  }

  /** To the host's actor; if that dies over it, again when it is back, and after some tries it is a dead letter. */
  #hand(self: Self<Info>, delivery: Delivery, report: HostReport, tries: number): void {
    this.#underWay += 1;
    const { hosts, metrics, log, clock } = this.#needs;
    const began = clock.monotonic();
    hosts
      .call(report.hostkey, { tag: 'report', report }, Infinity)
      .then(
        () => {
          this.#handled += 1;
          metrics.observe('dog_trainer_report_seconds', (clock.monotonic() - began) / 1000);
          delivery.ack();
          this.#done();
        },
        (error: unknown) => {
          if (self.signal.aborted) {
            // The successor of this actor gets it again.
            delivery.reject({ requeue: true });
            return this.#done();
          }
          if (!isItsFault(error)) {
            this.#unread.add(delivery);
            self.sendAfter(RETRY_MS, { tag: 'retry', delivery, report, tries });
            return this.#done();
          }
          this.#underWay -= 1;
          if (tries > 1) return this.#hand(self, delivery, report, tries - 1);
          metrics.count('ips_update', 'exception');
          metrics.count('dog_trainer_reports_refused_total', 'not_handled');
          const why = error instanceof Error ? error.message : String(error);
          this.#bury(delivery, 'not_handled', `the host's actor failed on it again and again: ${why}`, report.hostkey);
        },
      )
      .catch((error: unknown) => log.error({ err: error, hostkey: report.hostkey }, 'a report could not be answered'));
  }

  #bury(delivery: Delivery, reason: string, detail: string, hostkey: string | undefined): void {
    const { deadLetters, clock, log, metrics } = this.#needs;
    this.#underWay += 1;
    metrics.count('dog_trainer_dead_letters_total', 'report');
    deadLetters
      .add({
        at: clock.now(),
        queue: REPORT_QUEUE,
        reason,
        detail,
        ...(hostkey === undefined ? {} : { hostkey }),
        body: delivery.body,
      })
      .then(() => {
        delivery.ack();
        this.#done();
      })
      .catch((error: unknown) => log.error({ err: error }, 'a refused report could not be answered'));
  }

  #done(): void {
    this.#underWay -= 1;
    if (this.#underWay === 0) this.#idle();
  }

  #stop(): void {
    const consumer = this.#consumer;
    this.#consumer = undefined;
    // On a live channel a delivery that is never answered would stay away for ever.
    for (const delivery of this.#unread) delivery.reject({ requeue: true });
    this.#unread.clear();
    this.#strangers.splice(0);
    consumer?.cancel().catch((error: unknown) => this.#needs.log.debug({ err: error }, 'cancelling a consumer failed'));
  }
}
