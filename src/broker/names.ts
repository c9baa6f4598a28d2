import { BrokerError } from './broker.js';
import type { Publication } from './broker.js';

/** A short string of AMQP 0-9-1 has one byte for its length (section 4.2.5.3). */
const MAX_BYTES = 255;

/**
 * Names of exchanges and queues, routing keys and properties are short strings. A longer one would corrupt the frame
 * and cost the connection, so it is refused here.
 * @throws BrokerError of scope `message`, code `protocol`
 */
export function checkShortStrings(strings: Readonly<Record<string, string | undefined>>): void {
  for (const [what, text] of Object.entries(strings)) {
    const bytes = text === undefined ? 0 : Buffer.byteLength(text);
    if (bytes <= MAX_BYTES) continue;
    const start = text?.slice(0, 40) ?? '';
    const reason = `${what} '${start}…' has ${bytes} bytes; AMQP allows ${MAX_BYTES}`;
    throw new BrokerError('message', 'protocol', reason);
  }
}

/** `checkShortStrings` for what a message carries. */
export function checkPublication(message: Publication): void {
  checkShortStrings({
    exchange: message.exchange,
    'routing key': message.routingKey,
    'content type': message.contentType,
    reply_to: message.replyTo,
    correlation_id: message.correlationId,
  });
}

/** The message in words, for errors and logs; never its body. */
export function describePublication(message: Publication): string {
  return `a message to exchange '${message.exchange}' with key '${message.routingKey}'`;
}
