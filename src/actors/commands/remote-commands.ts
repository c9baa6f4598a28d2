import { BrokerError, type BrokerConnection, type Consumer, type Delivery } from '../../broker/broker.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import { NO_REPLY, type Clock, type DetailObject, type From, type Self, type GenServer } from '../../otp/index.js';
import { stampAt } from '../../wire/messages/envelope.js';
import { parseReply } from '../../wire/messages/file-transfer-reply.js';
import { encodeRequest } from '../../wire/messages/file-transfer.js';
import type { ConnectionInfo } from '../broker/connection-messages.js';
import type { BrokerLink } from '../broker/broker-link.js';
import type { Log } from '../../log/log.js';
import type { CommandCall, CommandReply } from './remote-commands-messages.js';

type Info =
  | ConnectionInfo
  | { readonly tag: 'ready'; readonly connection: BrokerConnection; readonly replyQueue: string }
  | { readonly tag: 'deaf'; readonly connection: BrokerConnection; readonly error: unknown }
  | { readonly tag: 'listen'; readonly connection: BrokerConnection }
  | { readonly tag: 'reply'; readonly delivery: Delivery }
  | { readonly tag: 'timeout'; readonly id: string }
  | { readonly tag: 'published'; readonly id: string; readonly error: Error | undefined };

export interface RemoteCommandsNeeds {
  readonly clock: Pick<Clock, 'now'>;
  readonly link: Pick<BrokerLink, 'connection' | 'subscribe'>;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Between two tries to listen for answers on a live connection. */
const LISTEN_RETRY_MS = 1000;

interface Pending {
  readonly from: From<CommandReply>;
  readonly call: CommandCall;
}

/**
 * Remote commands and files (docs/protocol.md#remote-commands-and-files): a request with a reply queue and a
 * correlation id, answered by the agent, a time-out, or at once when no queue is there to take it. Never kept for
 * later, never repeated.
 */
export class RemoteCommands implements GenServer<CommandCall, CommandReply, never, Info> {
  readonly #needs: RemoteCommandsNeeds;
  readonly #pending = new Map<string, Pending>();
  #broker: { readonly connection: BrokerConnection; readonly replyQueue: string } | undefined = undefined;
  /** The consumer of replies; its queue goes with it. */
  #consumer: Consumer | undefined = undefined;
  #lastId = 0;
  /** It was said that no answers can be received, and they still cannot. */
  #deaf = false;

  constructor(needs: RemoteCommandsNeeds) {
    this.#needs = needs;
  }

  init(self: Self<Info>): void {
    self.signal.addEventListener('abort', () => this.#stop(), { once: true });
    const connection = this.#needs.link.subscribe(self);
    if (connection !== undefined) this.#listen(self, connection);
  }

  handleCall(self: Self<Info>, call: CommandCall, from: From<CommandReply>): CommandReply | typeof NO_REPLY {
    if (this.#broker === undefined)
      return { ok: false, code: 'unavailable', message: 'the broker is away; nothing was sent' };
    this.#lastId += 1;
    const id = `dog-${this.#lastId}`;
    this.#pending.set(id, { from, call });
    // A file counts once, however many blocks it is sent in (docs/metrics.md#counters-that-scrapers-know).
    if (call.as !== 'part' && (call.request.command !== 'send_file' || call.request.currentBlock === 1))
      this.#needs.metrics.count('file_transfer', call.request.command);
    this.#send(self, id, call, this.#broker);
    self.sendAfter(call.timeoutMs, { tag: 'timeout', id });
    return NO_REPLY;
  }

  handleInfo(self: Self<Info>, message: Info): void {
    switch (message.tag) {
      case 'broker_up':
        this.#broker = undefined;
        return this.#listen(self, message.connection);
      case 'listen':
        if (this.#needs.link.connection === message.connection) this.#listen(self, message.connection);
        return;
      case 'deaf':
        if (!this.#deaf)
          this.#needs.log.warn({ err: message.error }, 'answers to remote commands cannot be received; trying again');
        this.#deaf = true;
        self.sendAfter(LISTEN_RETRY_MS, { tag: 'listen', connection: message.connection });
        return;
      case 'broker_down':
        this.#broker = undefined;
        this.#consumer = undefined;
        for (const id of [...this.#pending.keys()])
          this.#fail(id, 'timeout', 'the broker went away before the agent answered');
        return;
      case 'ready':
        if (this.#needs.link.connection === message.connection) this.#broker = message;
        if (this.#deaf) this.#needs.log.info({}, 'answers to remote commands are received again');
        this.#deaf = false;
        return;
      case 'reply': {
        message.delivery.ack();
        const id = message.delivery.correlationId ?? '';
        const { body, contentType } = message.delivery;
        this.#settle(id, { ok: true, reply: parseReply(body, contentType) });
        return;
      }
      case 'timeout':
        return this.#fail(message.id, 'timeout', 'the agent did not answer in time');
      case 'published': {
        const pending = this.#pending.get(message.id);
        if (message.error === undefined) {
          // Agents answer nothing to a file block: the confirm is all there is.
          if (pending?.call.request.command === 'send_file')
            this.#settle(message.id, { ok: true, reply: { kind: 'ok', output: '' } });
          return;
        }
        const unroutable = message.error instanceof BrokerError && message.error.code === 'unroutable';
        this.#fail(
          message.id,
          'unavailable',
          unroutable
            ? 'the host is not connected: no queue takes the request'
            : `the request was not sent: ${message.error.message}`,
        );
      }
    }
  }

  describe(): DetailObject {
    return { listening: this.#broker !== undefined, pending: this.#pending.size };
  }

  #listen(self: Self<Info>, connection: BrokerConnection): void {
    const listen = async (): Promise<string> => {
      const { name } = await connection.declareQueue({ name: '', durable: false, autoDelete: true, exclusive: true });
      const consumer = await connection.consume(name, { prefetch: 0 }, (delivery) =>
        self.tell({ tag: 'reply', delivery }),
      );
      if (self.signal.aborted) await consumer.cancel();
      else this.#consumer = consumer;
      return name;
    };
    self.pipeToSelf(
      listen(),
      (replyQueue) => ({ tag: 'ready', connection, replyQueue }),
      (error) => ({ tag: 'deaf', connection, error }),
    );
  }

  #send(
    self: Self<Info>,
    id: string,
    { hostkey, request, apiUser }: CommandCall,
    { connection, replyQueue }: { readonly connection: BrokerConnection; readonly replyQueue: string },
  ): void {
    const isFile = request.command === 'send_file';
    const sent = connection.publish({
      exchange: 'file_transfer',
      routingKey: `*.*.*.${hostkey}`,
      body: encodeRequest(request, apiUser, stampAt(new Date(this.#needs.clock.now()))),
      contentType: 'text/json',
      persistent: isFile,
      mandatory: true,
      ...(isFile ? {} : { replyTo: replyQueue, correlationId: id }),
    });
    self.pipeToSelf(
      sent,
      () => ({ tag: 'published', id, error: undefined }),
      (error) => ({ tag: 'published', id, error: error instanceof Error ? error : new Error(String(error)) }),
    );
  }

  /** On a live connection a consumer would outlive its actor. */
  #stop(): void {
    this.#consumer
      ?.cancel()
      .catch((error: unknown) => this.#needs.log.debug({ err: error }, 'cancelling a consumer failed'));
  }

  #fail(id: string, code: 'unavailable' | 'timeout', message: string): void {
    this.#settle(id, { ok: false, code, message });
  }

  #settle(id: string, reply: CommandReply): void {
    this.#pending.get(id)?.from.reply(reply);
    this.#pending.delete(id);
  }
}
