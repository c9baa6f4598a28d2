import type { BrokerConnection, Consumer, Delivery } from '../../broker/broker.js';
import { declareServerTopology, REPORT_QUEUE } from '../../broker/topology.js';
import { refuseReport } from '../../host/validate-report.js';
import type { HostReport } from '../../host/host-report.js';
import { escapeHidden } from '../../model/hidden-characters.js';
import { CallFailed, type DetailObject, type Self, type GenServer } from '../../otp/index.js';
import { MessageError } from '../../wire/messages/message-error.js';
import { decodeReport, ReportError, type Report } from '../../wire/messages/report.js';
import type { ConnectionInfo } from '../broker/connection-messages.js';
import type { ServerContext } from '../context.js';
import type { RefusalReason } from './refused-reports.js';
import { tell } from '../tell.js';

type Info =
  | ConnectionInfo
  | { readonly tag: 'delivery'; readonly delivery: Delivery }
  | { readonly tag: 'ended'; readonly connection: BrokerConnection; readonly error: unknown }
  | { readonly tag: 'retry'; readonly delivery: Delivery; readonly report: HostReport; readonly tries: number }
  | { readonly tag: 'strangers'; readonly overdue: boolean }
  | { readonly tag: 'consume' }
  | { readonly tag: 'tidy' };

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

function toHostReport({ fields, stopping, ...report }: Report): HostReport {
  const { active: _active, ...row } = fields;
  return { ...report, stopped: stopping, fields: row };
}

/** What operators see of a refused report: it may hold characters that would change what they see. */
function shownAs({ hostkey, name, group }: HostReport): { hostkey: string; name: string; group: string } {
  return {
    hostkey: escapeHidden(hostkey),
    name: escapeHidden(name),
    group: escapeHidden(group),
  };
}

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
  readonly #context: ServerContext;
  #connection: BrokerConnection | undefined = undefined;
  /** The connection on which there is a consumer, or one is being made. */
  #consuming: BrokerConnection | undefined = undefined;
  #consumer: Consumer | undefined = undefined;
  /** Delivered, and in the mailbox or waiting for another try. */
  readonly #unread = new Set<Delivery>();
  /** Reports of hostkeys that are not registered, in order; their deliveries are among the unread. */
  readonly #strangers: Stranger[] = [];
  /** Reports that are at their host's actor, or on their way to the dead letters. */
  #underWay = 0;
  /** Told when none is any more. */
  #idle: () => void = () => undefined;
  #handled = 0;

  constructor(context: ServerContext) {
    this.#context = context;
  }

  init(self: Self): void {
    // A consumer must not outlive its actor: the broker would go on sending to nobody.
    self.signal.addEventListener('abort', () => this.#stop(), { once: true });
    this.#connection = this.#context.reportsLink.subscribe(self);
    this.#consume(self);
    self.sendInterval(TIDY_MS, { tag: 'tidy' });
    self.send(self.pid, { tag: 'tidy' });
  }

  handleInfo(self: Self, message: Info): void {
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
        void this.#context.deadLetters.tidy();
        this.#context.refused.forgetAddressesBefore(this.#context.system.clock.now() - SILENT_MS);
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
  async terminate({ system }: Self): Promise<void> {
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
      dead_letters: this.#context.deadLetters.total,
    };
  }

  #consume(self: Self): void {
    const connection = this.#connection;
    if (connection === undefined || this.#consuming === connection) return;
    const { config, log, world, reportsLink } = this.#context;
    if (!world.ready) {
      // Without the fleet in memory every host would be a stranger, and no group would have hashes.
      self.sendAfter(LOADING_MS, { tag: 'consume' });
      return;
    }
    this.#consuming = connection;
    const consume = async (): Promise<Consumer> => {
      // Whoever deleted the queue took its binding along; with the connection still there nobody else declares it.
      if (reportsLink.trouble !== undefined) await declareServerTopology(connection);
      return connection.consume(REPORT_QUEUE, { prefetch: config.intake.prefetch }, (delivery) => {
        this.#unread.add(delivery);
        if (!tell<Info>(self, { tag: 'delivery', delivery })) delivery.reject({ requeue: true });
      });
    };
    consume()
      .then(
        async (consumer) => {
          if (self.signal.aborted) return consumer.cancel();
          if (this.#consuming === connection) {
            this.#consumer = consumer;
            this.#wellAgain();
          }
          const error = await consumer.ended;
          tell<Info>(self, { tag: 'ended', connection, error });
        },
        (error: unknown) => tell<Info>(self, { tag: 'ended', connection, error }),
      )
      .catch((error: unknown) => log.debug({ err: error }, 'the consumer of reports ended after its actor'));
  }

  /** Said once, however often it is tried; `/readyz` says it as long as it lasts. */
  #troubled(error: unknown): void {
    const { log, reportsLink } = this.#context;
    if (reportsLink.trouble === undefined) log.warn({ err: error }, 'reports are not consumed; trying again');
    reportsLink.trouble = error instanceof Error ? error.message : 'the consumer ended';
  }

  #wellAgain(): void {
    const { log, reportsLink } = this.#context;
    if (reportsLink.trouble !== undefined) log.info({}, 'reports are consumed again');
    reportsLink.trouble = undefined;
  }

  #take(self: Self, delivery: Delivery): void {
    const { metrics, config, system } = this.#context;
    const report = this.#read(delivery.body);
    if (report instanceof MessageError) {
      // As the old server did: by its type, if that much could be read, and as an exception.
      if (report instanceof ReportError && report.updateType !== undefined)
        metrics.count('ips_update', report.updateType);
      metrics.count('ips_update', 'exception');
      metrics.count('dog_trainer_reports_refused_total', report.reason);
      const hostkey = report instanceof ReportError ? report.hostkey : undefined;
      if (hostkey !== undefined)
        this.#context.refused.add(system.clock.now(), { hostkey }, 'malformed', report.message);
      return this.#bury(delivery, report.reason, report.message, hostkey);
    }
    metrics.count('ips_update', report.updateType);
    if (config.intake.check_user_id && delivery.userId !== report.hostkey) {
      const who = delivery.userId === undefined ? 'nobody in particular' : JSON.stringify(delivery.userId.slice(0, 60));
      const detail = `user-id: it comes from ${escapeHidden(who)}, where the user name must be the hostkey (intake.check_user_id)`;
      return this.#refuse(delivery, report, 'wrong_user', detail);
    }
    const refusal = refuseReport(report, config.intake.addresses_max);
    if (refusal !== undefined) {
      const detail = `${refusal.field}: ${refusal.reason}`;
      const reason = refusal.field === 'interfaces' ? 'addresses' : 'invalid';
      return this.#refuse(delivery, report, reason, detail);
    }
    this.#context.refused.passed(report.hostkey);
    if (this.#isStranger(report.hostkey)) return this.#queueStranger(self, { delivery, report });
    this.#hand(self, delivery, report, config.intake.max_tries);
  }

  /** Also while earlier reports of it wait: those of one host are handled in order. */
  #isStranger(hostkey: string): boolean {
    return (
      this.#context.world.hostByKey(hostkey) === undefined ||
      this.#strangers.some(({ report }) => report.hostkey === hostkey)
    );
  }

  /** Whoever may send reports can invent hostkeys without end: known hosts come first. */
  #queueStranger(self: Self, stranger: Stranger): void {
    this.#unread.add(stranger.delivery);
    this.#strangers.push(stranger);
    if (this.#strangers.length > 1) return;
    // Behind what has been delivered already.
    self.send(self.pid, { tag: 'strangers', overdue: false } as Info);
    self.sendAfter(STRANGERS_MS, { tag: 'strangers', overdue: true } as Info);
  }

  /** Strangers begin while no known host's report is under way, and at the latest when they have waited long enough. */
  #takeStrangers(self: Self, overdue: boolean): void {
    if (!overdue && this.#underWay > 0) return;
    for (const { delivery, report } of this.#strangers.splice(0)) {
      this.#unread.delete(delivery);
      this.#hand(self, delivery, report, this.#context.config.intake.max_tries);
    }
  }

  #refuse(delivery: Delivery, report: HostReport, reason: RefusalReason, detail: string): void {
    const { metrics, refused, system } = this.#context;
    metrics.count('ips_update', 'exception');
    metrics.count('dog_trainer_reports_refused_total', reason);
    refused.add(system.clock.now(), shownAs(report), reason, detail);
    this.#bury(delivery, reason, detail, escapeHidden(report.hostkey));
  }

  #read(body: Uint8Array): HostReport | MessageError {
    const { max_report_bytes } = this.#context.config.intake;
    if (body.length > max_report_bytes)
      return new MessageError(
        'too_large',
        'body',
        `a report of ${body.length} bytes; at most ${max_report_bytes} are taken`,
      );
    try {
      return toHostReport(decodeReport(body));
    } catch (error) {
      if (error instanceof MessageError) return error;
      throw error;
    }
  }

  /** To the host's actor; if that dies over it, again when it is back, and after some tries it is a dead letter. */
  #hand(self: Self, delivery: Delivery, report: HostReport, tries: number): void {
    this.#underWay += 1;
    const { hosts, metrics, log, system } = this.#context;
    const began = system.clock.monotonic();
    hosts
      .call(report.hostkey, { report }, Infinity)
      .then(
        () => {
          this.#handled += 1;
          metrics.observe('dog_trainer_report_seconds', (system.clock.monotonic() - began) / 1000);
          delivery.ack();
          this.#done();
        },
        (error: unknown) => {
          if (self.signal.aborted) {
            // Whoever comes after this actor gets it again.
            delivery.reject({ requeue: true });
            return this.#done();
          }
          if (!isItsFault(error)) {
            this.#unread.add(delivery);
            self.sendAfter(RETRY_MS, { tag: 'retry', delivery, report, tries } as Info);
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
    const { deadLetters, system, log, metrics } = this.#context;
    this.#underWay += 1;
    metrics.count('dog_trainer_dead_letters_total', 'report');
    deadLetters
      .add({
        at: system.clock.now(),
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
    // On a live channel what nobody answers would stay away for ever.
    for (const delivery of this.#unread) delivery.reject({ requeue: true });
    this.#unread.clear();
    this.#strangers.splice(0);
    consumer
      ?.cancel()
      .catch((error: unknown) => this.#context.log.debug({ err: error }, 'cancelling a consumer failed'));
  }
}
