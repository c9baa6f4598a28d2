import type { BrokerConnection, Consumer, Delivery } from '../broker/broker.js';
import { REPORT_QUEUE } from '../broker/topology.js';
import { refuseReport } from '../host/validate-report.js';
import type { HostReport } from '../host/host-report.js';
import type { DetailObject, Self, Server } from '../otp/index.js';
import { MessageError } from '../wire/messages/message-error.js';
import { decodeReport, ReportError, type Report } from '../wire/messages/report.js';
import { CONNECTION, type ConnectionInfo } from './connection-messages.js';
import type { ServerContext } from './context.js';
import { subscribe } from './subscribe.js';
import { tell } from './tell.js';

type Info =
  | ConnectionInfo
  | { readonly tag: 'delivery'; readonly delivery: Delivery }
  | { readonly tag: 'consumer'; readonly consumer: Consumer }
  | { readonly tag: 'ended'; readonly consumer: Consumer | undefined; readonly error: unknown }
  | { readonly tag: 'consume' };

/** A host's actor that crashed is started again after a wait; its report waits with it for so long at the most. */
const RETRY_MS = 1000;

const toHostReport = ({ fields, stopping, ...report }: Report): HostReport => {
  const { active: _active, ...row } = fields;
  return { ...report, stopped: stopping, fields: row };
};

/**
 * Consumes the agents' reports (queue `ips`) and hands each to its host's actor. The broker is answered when what
 * follows from a report is stored; a bad report is counted, kept as a dead letter and then acknowledged, so that it
 * comes neither back for ever nor is gone without a trace. Many are under way at once, those of one host in order.
 */
export class Intake implements Server<never, never, never, Info> {
  readonly #context: ServerContext;
  #connection: BrokerConnection | undefined = undefined;
  #consumer: Consumer | undefined = undefined;
  #underWay = 0;
  #handled = 0;

  constructor(context: ServerContext) {
    this.#context = context;
  }

  async init(self: Self): Promise<void> {
    // A consumer must not outlive its actor: the broker would go on sending to nobody.
    self.signal.addEventListener('abort', () => this.#stop(), { once: true });
    this.#connection = await subscribe(self, CONNECTION);
    this.#consume(self);
  }

  info(self: Self, message: Info): void {
    switch (message.tag) {
      case 'broker_up':
        this.#connection = message.connection;
        return this.#consume(self);
      case 'broker_down':
        this.#connection = undefined;
        this.#consumer = undefined;
        return;
      case 'consume':
        return this.#consume(self);
      case 'consumer':
        this.#consumer = message.consumer;
        return;
      case 'ended':
        if (message.consumer !== undefined && message.consumer !== this.#consumer) return;
        this.#consumer = undefined;
        if (this.#connection === undefined) return;
        this.#context.log.warn({ err: message.error }, 'reports are not consumed; trying again');
        self.sendAfter(RETRY_MS, { tag: 'consume' });
        return;
      case 'delivery':
        return this.#take(self, message.delivery);
    }
  }

  /** Intake is the first to stop: no report is taken that could not be finished. */
  async terminate(): Promise<void> {
    await this.#consumer?.cancel();
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
    if (connection === undefined || this.#consumer !== undefined) return;
    const { config, log } = this.#context;
    connection
      .consume(REPORT_QUEUE, { prefetch: config.intake.prefetch }, (delivery) =>
        tell<Info>(self, { tag: 'delivery', delivery }),
      )
      .then(
        async (consumer) => {
          if (self.signal.aborted) return consumer.cancel();
          tell<Info>(self, { tag: 'consumer', consumer });
          const error = await consumer.ended;
          tell<Info>(self, { tag: 'ended', consumer, error });
        },
        (error: unknown) => tell<Info>(self, { tag: 'ended', consumer: undefined, error }),
      )
      .catch((error: unknown) => log.debug({ err: error }, 'the consumer of reports ended after its actor'));
  }

  #take(self: Self, delivery: Delivery): void {
    const { metrics, config, kernel } = this.#context;
    const report = this.#read(delivery.body);
    if (report instanceof MessageError) {
      metrics.count('ips_update', 'exception');
      metrics.count('dog_trainer_reports_refused_total', report.reason);
      const hostkey = report instanceof ReportError ? report.hostkey : undefined;
      if (hostkey !== undefined)
        this.#context.refused.add(kernel.clock.now(), { hostkey }, 'malformed', report.message);
      return this.#bury(delivery, report.reason, report.message, hostkey);
    }
    metrics.count('ips_update', report.updateType);
    const refusal = refuseReport(report);
    if (refusal !== undefined) {
      const detail = `${refusal.field}: ${refusal.reason}`;
      metrics.count('ips_update', 'exception');
      metrics.count('dog_trainer_reports_refused_total', 'invalid');
      this.#context.refused.add(kernel.clock.now(), report, 'invalid', detail);
      return this.#bury(delivery, 'invalid', detail, report.hostkey);
    }
    this.#hand(self, delivery, report, config.intake.max_tries);
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
    const { hosts, metrics, log } = this.#context;
    hosts
      .call(report.hostkey, { report }, Infinity)
      .then(
        () => {
          this.#underWay -= 1;
          this.#handled += 1;
          delivery.ack();
        },
        (error: unknown) => {
          this.#underWay -= 1;
          if (self.signal.aborted) return;
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
    const { deadLetters, kernel, log } = this.#context;
    deadLetters
      .add({
        at: kernel.clock.now(),
        queue: REPORT_QUEUE,
        reason,
        detail,
        ...(hostkey === undefined ? {} : { hostkey }),
        body: delivery.body,
      })
      .then(() => delivery.ack())
      .catch((error: unknown) => log.error({ err: error }, 'a refused report could not be answered'));
  }

  #stop(): void {
    const consumer = this.#consumer;
    this.#consumer = undefined;
    consumer
      ?.cancel()
      .catch((error: unknown) => this.#context.log.debug({ err: error }, 'cancelling a consumer failed'));
  }
}
