import { Readable } from 'node:stream';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Mail } from './build-mail.js';
import type { MailConfig } from './mail-config.js';

/**
 * How a try ended. `sent`: at least one recipient's mail was taken; `refused` were not, for good.
 * `later`: nothing was taken, the same mail may be tried again; `away` says that the relay as a whole is at fault.
 * `never`: it makes no sense to try again, or the mail may have gone out already: each alert is sent at most once.
 */
export type Sending =
  | { readonly result: 'sent'; readonly refused: readonly string[] }
  | { readonly result: 'later'; readonly away: boolean; readonly reason: string }
  | { readonly result: 'never'; readonly reason: string };

/** Sends one mail over a connection of its own, within `alerts.timeout_ms`. Never rejects. */
export type SendMail = (mail: Mail) => Promise<Sending>;

/** Makes the sender for the configured relay. */
export function smtpRelay(config: MailConfig & { readonly smtp_relay: string }): SendMail {
  const { smtp_relay, smtp_port, smtp_tls, smtp_tls_verify, smtp_username, smtp_password, alerts } = config;
  return async (mail) => {
    // Loaded with the first mail.
    const { default: Connection } = await import('nodemailer/lib/smtp-connection');
    return new Promise((resolve) => {
      const connection: SMTPConnection = new Connection({
        host: smtp_relay,
        port: smtp_port,
        secure: smtp_tls === 'implicit',
        requireTLS: smtp_tls === 'required',
        ignoreTLS: smtp_tls === 'none',
        tls: { rejectUnauthorized: smtp_tls_verify },
        connectionTimeout: alerts.timeout_ms,
        greetingTimeout: alerts.timeout_ms,
        socketTimeout: alerts.timeout_ms,
        socketCloseTimeout: 500,
        allowInternalNetworkInterfaces: true,
      });
      let handedOver = false;
      let settled = false;
      const settle = (sending: Sending) => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        // A relay that does not hang up must not keep the socket.
        if (sending.result === 'sent') connection.quit();
        setTimeout(() => connection.close(), sending.result === 'sent' ? 1000 : 0).unref();
        resolve(sending);
      };
      const fail = (error: SmtpFailure) => settle(judge(error, handedOver));
      const timer = setTimeout(() => fail({ message: `no end after ${alerts.timeout_ms} ms` }), alerts.timeout_ms);
      const send = () => {
        const bytes = Readable.from([mail.bytes]);
        bytes.once('end', () => (handedOver = true));
        connection.send({ from: address(mail.from), to: [...mail.to] }, bytes, (error, info) => {
          if (error) return fail(error);
          settle({ result: 'sent', refused: (info?.rejected ?? []).map(String) });
        });
      };
      connection.on('error', fail);
      connection.once('end', () => fail({ message: 'the relay closed the connection' }));
      connection.connect((error) => {
        if (error) return fail(error);
        if (smtp_username === undefined) return send();
        connection.login({ user: smtp_username, pass: smtp_password ?? '' }, (refused) =>
          refused ? fail(refused) : send(),
        );
      });
    });
  };
}

interface SmtpFailure {
  readonly message: string;
  readonly code?: string | number | undefined;
  /** The relay's own answer: 4xx later, 5xx never (RFC 5321 section 4.2.1). */
  readonly responseCode?: number | undefined;
}

function judge({ message, code, responseCode }: SmtpFailure, handedOver: boolean): Sending {
  const look = whatToLookAt(message, code);
  const reason = `${message.replace(/\s+/g, ' ').slice(0, 300)}${look === undefined ? '' : `; see ${look}`}`;
  const aboutMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (responseCode === undefined && handedOver) {
    return { result: 'never', reason: `it may have gone out: the relay did not answer after the text (${reason})` };
  }
  if (aboutMail && responseCode !== undefined && responseCode >= 500) return { result: 'never', reason };
  // A login refused for good is not: somebody may mend it at the relay.
  return { result: 'later', away: !aboutMail, reason };
}

/** Which key of the configuration the failure may be about. */
function whatToLookAt(message: string, code: SmtpFailure['code']): string | undefined {
  if (code === 'EAUTH') return 'smtp_username and smtp_password';
  if (/altnames/i.test(message)) return 'smtp_relay, whose name must be in the certificate, and smtp_tls_verify';
  if (/certificate|self.signed|issuer/i.test(message))
    return 'smtp_tls_verify; NODE_EXTRA_CA_CERTS in the environment names a file of authorities to trust besides the system';
  if (code === 'ETLS' || /starttls|wrong version number|ssl routines|packet length/i.test(message))
    return 'smtp_tls (required, opportunistic, implicit, none) and smtp_port';
  if (code === 'EDNS' || /ENOTFOUND|EAI_AGAIN|ECONNREFUSED/.test(message)) return 'smtp_relay and smtp_port';
  return undefined;
}

/** The bare address of `Name <address>`. */
function address(text: string) {
  return /<([^<>]*)>\s*$/.exec(text)?.[1] ?? text;
}
