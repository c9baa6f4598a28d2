import type { ChannelModel, ConfirmChannel, Message } from 'amqplib';
import { Fifo } from '../../otp/index.js';
import { BrokerError } from '../broker.js';
import type { Publication } from '../broker.js';
import { checkPublication, describePublication } from '../names.js';
import type { ConfirmProgress } from './confirm-watch.js';
import { channelError } from './errors.js';

interface Pending {
  readonly message: Publication;
  readonly resolve: () => void;
  readonly reject: (error: BrokerError) => void;
  returned: boolean;
}

/**
 * Publishes over one confirm channel, in call order, with at most `window` messages unconfirmed. The channel is opened
 * by the first publish, and again by the first one after it was lost.
 */
export class ConfirmPublisher {
  readonly #model: ChannelModel;
  readonly #window: number;
  readonly #refusal: () => BrokerError | undefined;
  /** Called before something is handed to the channel. */
  readonly #gather: () => void;
  readonly #waiting = new Fifo<Pending>();
  /** By delivery tag, which the broker counts from 1 on each channel. */
  readonly #unconfirmed = new Map<number, Pending>();
  #lastTag = 0;
  #answered = 0;
  #channel: ConfirmChannel | undefined;
  #opening = false;
  #blocked = false;
  /** The socket is behind: wait for `drain`. */
  #full = false;
  #ended: BrokerError | undefined;
  #idle: (() => void)[] = [];

  constructor(model: ChannelModel, window: number, refusal: () => BrokerError | undefined, gather: () => void) {
    this.#model = model;
    this.#window = window;
    this.#refusal = refusal;
    this.#gather = gather;
  }

  publish(message: Publication): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      checkPublication(message); // a throw in here rejects
      this.#waiting.push({ message, resolve, reject, returned: false });
      this.#pump();
    });
  }

  /** For the watch over whether the broker still confirms. */
  progress(): ConfirmProgress {
    return { awaited: this.#blocked ? 0 : this.#unconfirmed.size, answered: this.#answered };
  }

  setBlocked(blocked: boolean): void {
    this.#blocked = blocked;
    if (blocked) this.#wakeIdle();
    else this.#pump();
  }

  /** Resolves when nothing waits and nothing is unconfirmed, or when the broker blocks and no confirm can be expected. */
  idle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** The connection is gone. */
  end(error: BrokerError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    const lost = [...this.#unconfirmed.values(), ...this.#waiting.drain()];
    this.#unconfirmed.clear();
    for (const pending of lost) pending.reject(error);
    this.#wakeIdle();
  }

  #pump(): void {
    if (this.#ended !== undefined || this.#blocked || this.#full) return;
    if (this.#channel === undefined) {
      if (this.#waiting.length > 0 && !this.#opening) void this.#open();
      return;
    }
    while (!this.#full && this.#unconfirmed.size < this.#window) {
      const pending = this.#waiting.shift();
      if (pending === undefined) return;
      this.#send(this.#channel, pending);
    }
  }

  #send(channel: ConfirmChannel, pending: Pending): void {
    const refused = this.#refusal();
    if (refused !== undefined) {
      pending.reject(refused);
      return;
    }
    const { exchange, routingKey, body, contentType, persistent, mandatory, replyTo, correlationId, userId } =
      pending.message;
    this.#gather();
    try {
      this.#full = !channel.publish(exchange, routingKey, Buffer.from(body.buffer, body.byteOffset, body.byteLength), {
        contentType,
        // An absent delivery mode is transient (docs/protocol.md#messages-in-flight).
        ...(persistent ? { persistent: true } : {}),
        mandatory: mandatory === true,
        ...(replyTo === undefined ? {} : { replyTo }),
        ...(correlationId === undefined ? {} : { correlationId }),
        ...(userId === undefined ? {} : { userId }),
      });
      this.#unconfirmed.set(++this.#lastTag, pending);
    } catch (cause) {
      pending.reject(
        new BrokerError(
          'message',
          'protocol',
          `${describePublication(pending.message)} can't be sent: ${String(cause)}`,
          {
            cause,
          },
        ),
      );
    }
  }

  async #open(): Promise<void> {
    this.#opening = true;
    try {
      this.#attach(await this.#model.createConfirmChannel());
    } catch (cause) {
      // With the connection gone `end` has told everybody.
      const error = channelError(cause);
      for (const pending of this.#waiting.drain()) pending.reject(error);
      this.#wakeIdle();
    } finally {
      this.#opening = false;
    }
    this.#pump();
  }

  #attach(channel: ConfirmChannel): void {
    this.#channel = channel;
    this.#lastTag = 0;
    this.#full = false;
    let reason: BrokerError | undefined;
    channel.on('ack', ({ deliveryTag, multiple }) => this.#confirm(deliveryTag, multiple, true));
    channel.on('nack', ({ deliveryTag, multiple }) => this.#confirm(deliveryTag, multiple, false));
    channel.on('return', (message) => this.#markReturned(message));
    channel.on('drain', () => {
      this.#full = false;
      this.#pump();
    });
    channel.on('error', (error) => (reason = channelError(error)));
    channel.on('close', () => {
      this.#channel = undefined;
      // Without a reason it is the connection that closes, and `end` follows with the reason.
      if (reason !== undefined) this.#channelLost(reason);
    });
  }

  #confirm(tag: number, multiple: boolean, acked: boolean): void {
    if (multiple) {
      // Tags are sent, so kept, in rising order.
      for (const earlier of this.#unconfirmed.keys()) {
        if (earlier > tag) break;
        this.#settle(earlier, acked);
      }
    } else this.#settle(tag, acked);
    this.#pump();
    if (this.#isIdle()) this.#wakeIdle();
  }

  #settle(tag: number, acked: boolean): void {
    const pending = this.#unconfirmed.get(tag);
    if (pending === undefined) return;
    this.#unconfirmed.delete(tag);
    this.#answered++;
    const what = describePublication(pending.message);
    if (!acked) pending.reject(new BrokerError('message', 'nacked', `the broker refused ${what}`));
    else if (pending.returned) pending.reject(new BrokerError('message', 'unroutable', `no queue takes ${what}`));
    else pending.resolve();
  }

  /**
   * A return carries the message but not its tag. RabbitMQ returns in the order of publishing and confirms after, so it
   * is the oldest such message that has not come back yet; if two are equal in all respects, either will do.
   */
  #markReturned(message: Message): void {
    for (const pending of this.#unconfirmed.values()) {
      const sent = pending.message;
      if (
        sent.mandatory === true &&
        !pending.returned &&
        sent.exchange === message.fields.exchange &&
        sent.routingKey === message.fields.routingKey &&
        sent.correlationId === message.properties.correlationId &&
        message.content.equals(sent.body)
      ) {
        pending.returned = true;
        return;
      }
    }
  }

  /**
   * One bad publish closes the channel for all. The broker names the exchange, not the message: those to that exchange
   * get its reason; the others, whose fate is unknown, are told that the channel was closed.
   */
  #channelLost(reason: BrokerError): void {
    const lost = [...this.#unconfirmed.values()];
    this.#unconfirmed.clear();
    this.#full = false;
    const named = /exchange '([^']*)'/.exec(reason.message)?.[1];
    // RabbitMQ says how large the message was that it did not take (max_message_size).
    const size = Number(/message size (\d+)/.exec(reason.message)?.[1]);
    const others = new BrokerError('channel', 'closed', `the publishing channel was closed: ${reason.message}`, {
      cause: reason,
    });
    for (const pending of lost) {
      if (!Number.isNaN(size)) {
        const what = describePublication(pending.message);
        const tooLarge = new BrokerError('message', 'too_large', `${what} is too large: ${reason.message}`, {
          cause: reason,
        });
        pending.reject(pending.message.body.byteLength === size ? tooLarge : others);
      } else pending.reject(named === undefined || pending.message.exchange === named ? reason : others);
    }
    this.#pump();
    if (this.#isIdle()) this.#wakeIdle();
  }

  #isIdle(): boolean {
    return this.#waiting.length === 0 && this.#unconfirmed.size === 0;
  }

  #wakeIdle(): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }
}
