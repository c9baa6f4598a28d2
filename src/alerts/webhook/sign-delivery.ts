import { createHmac } from 'node:crypto';
import { signingKey } from './webhook-config.js';

/** What is signed: the id of the notice, the time of the try in epoch seconds, and the body as it goes out. */
export interface Delivery {
  readonly id: string;
  readonly seconds: number;
  readonly body: Buffer;
}

/**
 * The headers that prove who sent a body and when, by the convention of https://www.standardwebhooks.com: one signature
 * (HMAC-SHA256 of `id.seconds.body`, base64) for each secret, so that a receiver goes on while the secret is changed.
 */
export function signatureHeaders({ id, seconds, body }: Delivery, secrets: readonly string[]): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const mac = createHmac('sha256', signingKey(secret)).update(`${id}.${seconds}.`).update(body);
    return `v1,${mac.digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signatures.join(' ') };
}
