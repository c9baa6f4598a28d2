import { join } from 'node:path';
import { createMailer, type Mailer } from '../../alerts/create-mailer.js';
import type { DetailObject, Self, GenServer } from '../../otp/index.js';
import type { AlertsCast } from './alert-messages.js';
import type { ServerContext } from '../context.js';

/** Mails what people are to be told, in its own time: an absent relay is a state of the mailer, in nobody's way. */
export class MailerActor implements GenServer<never, never, AlertsCast> {
  readonly #context: ServerContext;
  readonly #mailer: Mailer;

  constructor(context: ServerContext) {
    this.#context = context;
    const { config, log, metrics, system } = context;
    this.#mailer = createMailer(config, {
      log,
      metrics,
      clock: system.clock,
      ...(config.store.path === ':memory:' ? {} : { deadLetterFile: join(config.data_dir, 'dead-mails.ndjson') }),
    });
  }

  init(self: Self): void {
    // However this process ends, its timers and its conversation with the relay end with it.
    self.signal.addEventListener('abort', () => void this.#stop(), { once: true });
  }

  handleCast(_self: Self, { alert }: AlertsCast): void {
    this.#mailer.enqueue(alert);
  }

  async terminate(): Promise<void> {
    await this.#stop();
  }

  describe(): DetailObject {
    return { ...this.#mailer.state() };
  }

  async #stop(): Promise<void> {
    const left = await this.#mailer.stop();
    if (left > 0) this.#context.log.warn({ mails: left }, 'mails that were waiting are kept as dead letters');
  }
}
