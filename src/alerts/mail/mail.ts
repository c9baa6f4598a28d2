import type { ChannelKind } from '../alert-channel.js';
import { MailChannel } from './mail-channel.js';
import { MAIL_KEYS, checkMail, mailAddresses, type MailConfig } from './mail-config.js';
import { mailFigures } from './mail-figures.js';
import { smtpRelay } from './smtp-relay.js';

/** Mail over one SMTP relay. */
export const MAIL = {
  name: 'mail',
  actor: 'mailer',
  receiver: 'relay',
  letter: 'mail',
  deadLetters: 'dead-mails.ndjson',
  outage: 'smtp',
  whenOff: 'logs',
  keys: MAIL_KEYS,
  check: checkMail,
  recipients: ({ smtp_to }) => smtp_to,
  open: (config, { now }) => {
    const addresses = mailAddresses(config);
    if (addresses === undefined) return undefined;
    return new MailChannel({ config, addresses, now, send: smtpRelay({ ...config, smtp_relay: addresses.relay }) });
  },
  figures: mailFigures,
} as const satisfies ChannelKind<MailConfig>;
