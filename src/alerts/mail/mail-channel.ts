import { DeliveredInPart, NotDelivered, type AlertChannel } from '../alert-channel.js';
import type { Notice } from '../notice.js';
import { buildMail, type Mail } from './build-mail.js';
import { composeLetter } from './compose-letter.js';
import type { MailAddresses, MailConfig } from './mail-config.js';
import type { SendMail } from './smtp-relay.js';

/** Delivers each notice as one mail to all recipients. */
export class MailChannel implements AlertChannel {
  readonly name = 'mail';
  readonly #parts: MailChannelParts;
  /** A mail is written once: each try sends the same bytes, Message-ID included. */
  readonly #mails = new WeakMap<Notice, Mail>();

  constructor(parts: MailChannelParts) {
    this.#parts = parts;
  }

  async deliver(notice: Notice): Promise<void> {
    const sending = await this.#parts.send(await this.#mailOf(notice));
    switch (sending.result) {
      case 'sent':
        if (sending.refused.length === 0) return;
        throw new DeliveredInPart('the relay refused these recipients', sending.refused);
      case 'later':
        throw new NotDelivered(sending.reason, { again: 'later', away: sending.away });
      case 'never':
        throw new NotDelivered(sending.reason, { again: 'never' });
    }
  }

  async #mailOf(notice: Notice): Promise<Mail> {
    const { config, addresses, now } = this.#parts;
    const written = this.#mails.get(notice) ?? (await buildMail(composeLetter(notice, config), addresses, now()));
    this.#mails.set(notice, written);
    return written;
  }
}

export interface MailChannelParts {
  /** The times that mails name. */
  readonly config: Pick<MailConfig, 'keepalive_alert_seconds' | 'retirement_alert_seconds' | 'hashcheck_alert_seconds'>;
  readonly addresses: MailAddresses;
  readonly send: SendMail;
  /** Epoch milliseconds. */
  readonly now: () => number;
}
