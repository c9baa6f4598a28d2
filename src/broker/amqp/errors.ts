import { BrokerError } from '../broker.js';
import { type Attempt, BROKER_SETTINGS, explainConnect } from './explain-connect.js';

/** AMQP 0-9-1 reply codes (section 4 of the specification) that destroy a channel, or refuse a connection. */
const CODE_OF_REPLY: Readonly<Record<number, string>> = {
  402: 'access',
  403: 'access',
  404: 'not_found',
  405: 'access',
  406: 'precondition',
  530: 'access',
  320: 'closed',
};

const CODE_OF_ERRNO: Readonly<Record<string, string>> = {
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'refused',
  ENOTFOUND: 'refused',
  EAI_AGAIN: 'refused',
};

/** The broker closed a channel, or an operation on it failed. */
export function channelError(cause: unknown): BrokerError {
  if (cause instanceof BrokerError) return cause;
  const code = typeof codeOf(cause) === 'number' ? (CODE_OF_REPLY[Number(codeOf(cause))] ?? 'protocol') : 'closed';
  return new BrokerError('channel', code, messageOf(cause), { cause });
}

/** A live connection was lost. */
export function lostConnection(label: string, cause: unknown): BrokerError {
  if (cause instanceof BrokerError) return cause;
  const heartbeat = messageOf(cause).includes('Heartbeat timeout');
  return new BrokerError('connection', heartbeat ? 'heartbeat' : 'closed', `${label}: ${messageOf(cause)}`, { cause });
}

/** A connection could not be made; says what to look at. */
export function failedConnect(
  label: string,
  cause: unknown,
  attempt: Attempt = { tls: false, settings: BROKER_SETTINGS },
): BrokerError {
  if (cause instanceof BrokerError) return cause;
  // amqplib has no words for the broker's answer to `connection.open`.
  if (messageOf(cause).startsWith('Expected ConnectionOpenOk; got <ConnectionClose')) {
    const why =
      'the broker closed the connection at the virtual host: it does not exist, or the user may not use it ' +
      `(${attempt.settings.vhost})`;
    return new BrokerError('connection', 'access', `${label}: ${why}`, { cause });
  }
  const said = messageOf(cause);
  const name = codeOf(cause);
  const look = explainConnect(said, typeof name === 'string' ? name : '', attempt);
  const text = look === undefined ? `${label}: ${said}` : `${label}: ${look} (${said})`;
  return new BrokerError('connection', connectCode(cause), text, { cause });
}

function connectCode(cause: unknown): string {
  const code = codeOf(cause);
  const message = messageOf(cause);
  if (typeof code === 'number') return CODE_OF_REPLY[code] ?? 'protocol';
  // amqplib gives the handshake's reply code in its text only.
  const reply = /\b(402|403|530) \(/.exec(message);
  if (reply !== null) return 'access';
  if (typeof code === 'string') {
    const known = CODE_OF_ERRNO[code];
    if (known !== undefined) return known;
    // OpenSSL and certificate failures: UNABLE_TO_VERIFY_LEAF_SIGNATURE, CERT_HAS_EXPIRED, ERR_TLS_…, ERR_SSL_…
    if (/CERT|TLS|SSL|SIGNATURE|ISSUER/.test(code)) return 'access';
  }
  if (message.includes('ETIMEDOUT')) return 'timeout';
  return 'refused';
}

function codeOf(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
}

function messageOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.message === '') return cause.errors.map(messageOf).join('; ');
  const text = (cause instanceof Error ? cause.message : String(cause)).trim();
  return OPENSSL.exec(text)?.[1] ?? text;
}

/** OpenSSL's errors: an address in memory, a number, library and function, what it was, and its own source file. */
const OPENSSL = /^[0-9A-F]+:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/;
