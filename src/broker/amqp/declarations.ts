import type { Channel, ChannelModel } from 'amqplib';
import { channelError } from './errors.js';

/**
 * The channel for declarations, opened when needed. Operations run one after another, so that one that the broker
 * answers by closing the channel takes no other with it.
 */
export class DeclarationChannel {
  readonly #model: ChannelModel;
  #channel: Channel | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(model: ChannelModel) {
    this.#model = model;
  }

  /** @throws BrokerError of scope `channel` */
  run<T>(operation: (channel: Channel) => Promise<T>): Promise<T> {
    const result = this.#last.then(() => this.#attempt(operation));
    this.#last = result.catch(() => undefined); // its own caller is told
    return result;
  }

  async #attempt<T>(operation: (channel: Channel) => Promise<T>): Promise<T> {
    try {
      return await operation((this.#channel ??= await this.#open()));
    } catch (error) {
      throw channelError(error);
    }
  }

  async #open(): Promise<Channel> {
    const channel = await this.#model.createChannel();
    // The operation under way gets the same error as its rejection; without a listener it would end the process.
    channel.on('error', () => undefined);
    channel.on('close', () => {
      if (this.#channel === channel) this.#channel = undefined;
    });
    return channel;
  }
}
