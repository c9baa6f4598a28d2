import type { ChannelFindings } from '../alert-channel.js';

const optionalText = { type: 'text', optional: true } as const;

/** The keys of mail. Their names are the Erlang server's, which is why they are in no section. */
export const MAIL_KEYS = {
  smtp_relay: {
    type: 'text',
    pattern: /^[A-Za-z0-9_.:%-]+$/,
    shape: 'a host name or an address',
    optional: true,
  },
  smtp_port: { type: 'integer', min: 1, max: 65535 },
  smtp_tls: { type: 'choice', values: ['required', 'opportunistic', 'implicit', 'none'] },
  smtp_tls_verify: { type: 'boolean' },
  smtp_username: optionalText,
  smtp_password: { type: 'text', optional: true, secret: true },
  smtp_from: {
    type: 'text',
    pattern: /^([^\s@<>,;]+@[^\s@<>,;]+|[^<>\r\n]*<[^\s@<>,;]+@[^\s@<>,;]+>)$/,
    shape: 'a mail address, or Name <address>',
    optional: true,
  },
  smtp_to: { type: 'texts', pattern: /^$|^[^\s@<>,;]+@[^\s@<>,;]+$/, shape: 'mail addresses' },
} as const;

/** The part of the configuration that mail reads. */
export interface MailConfig {
  readonly smtp_relay: string | undefined;
  readonly smtp_port: number;
  readonly smtp_tls: 'required' | 'opportunistic' | 'implicit' | 'none';
  readonly smtp_tls_verify: boolean;
  readonly smtp_username: string | undefined;
  readonly smtp_password: string | undefined;
  readonly smtp_from: string | undefined;
  readonly smtp_to: readonly string[];
  readonly keepalive_alert_seconds: number;
  readonly retirement_alert_seconds: number;
  readonly hashcheck_alert_seconds: number;
  readonly alerts: { readonly timeout_ms: number };
}

/** The relay, and who writes to whom over it. */
export interface MailAddresses {
  readonly relay: string;
  readonly from: string;
  readonly to: readonly string[];
}

/** Undefined: no mail is sent, as one of the three is not set. */
export function mailAddresses({ smtp_relay, smtp_from, smtp_to }: MailConfig): MailAddresses | undefined {
  if (smtp_relay === undefined || smtp_from === undefined || smtp_to.length === 0) return undefined;
  return { relay: smtp_relay, from: smtp_from, to: smtp_to };
}

/** What is risky or does nothing. */
export function checkMail(config: MailConfig): ChannelFindings {
  const { smtp_relay, smtp_port, smtp_tls, smtp_username, smtp_password, smtp_from } = config;
  const warnings: string[] = [];
  if (smtp_relay !== undefined && mailAddresses(config) === undefined) {
    warnings.push(
      `smtp_relay is set but ${smtp_from === undefined ? 'smtp_from' : 'smtp_to'} is empty: no mail will be sent`,
    );
  }
  if ((smtp_username === undefined) !== (smtp_password === undefined)) {
    const [given, absent] =
      smtp_username === undefined ? ['smtp_password', 'smtp_username'] : ['smtp_username', 'smtp_password'];
    warnings.push(`${given} is set but ${absent} is not: a login at the relay takes both`);
  }
  if (smtp_relay !== undefined && (smtp_tls === 'implicit') !== (smtp_port === 465)) {
    warnings.push(
      `smtp_tls is ${smtp_tls} and smtp_port is ${smtp_port}: relays speak TLS from the first byte (implicit) on port 465, and on others only after STARTTLS`,
    );
  }
  if (smtp_username !== undefined && smtp_tls === 'none') {
    warnings.push('smtp_tls is none: smtp_password goes over the wire in clear');
  }
  return { warnings };
}
