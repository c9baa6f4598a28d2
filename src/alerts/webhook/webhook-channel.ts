import { randomUUID } from 'node:crypto';
import { NotDelivered, type AlertChannel } from '../alert-channel.js';
import type { Notice } from '../notice.js';
import { composePayload } from './compose-payload.js';
import type { Post } from './post-signed.js';
import { signatureHeaders } from './sign-delivery.js';

export interface WebhookChannelParts {
  readonly post: Post;
  /** The newest secret first. */
  readonly secrets: readonly string[];
  /** The name of the environment that sends. */
  readonly env: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Posts each notice as signed JSON. Every try of one has the same `webhook-id` and body, by which the receiver knows a
 * repetition: so what may have got through already is tried again too, unlike a mail.
 */
export class WebhookChannel implements AlertChannel {
  readonly name = 'webhook';
  readonly #parts: WebhookChannelParts;
  readonly #written = new WeakMap<Notice, { readonly id: string; readonly body: Buffer }>();

  constructor(parts: WebhookChannelParts) {
    this.#parts = parts;
  }

  async deliver(notice: Notice): Promise<void> {
    const { post, secrets, now } = this.#parts;
    const { id, body } = this.#writtenFor(notice);
    const seconds = Math.floor(now() / 1000);
    const posted = await post(body, signatureHeaders({ id, seconds, body }, secrets));
    if ('failed' in posted) throw new NotDelivered(posted.failed, { again: 'later', away: true });
    judge(posted.status);
  }

  #writtenFor(notice: Notice): { readonly id: string; readonly body: Buffer } {
    const { env, now } = this.#parts;
    const written = this.#written.get(notice) ?? {
      id: `msg_${randomUUID()}`,
      body: composePayload(notice, env, now()),
    };
    this.#written.set(notice, written);
    return written;
  }
}

/** @throws NotDelivered unless the status says that the receiver has it */
function judge(status: number): void {
  if (status >= 200 && status < 300) return;
  const says = `the receiver answered ${status}`;
  if (status >= 300 && status < 400)
    throw new NotDelivered(`${says}: redirects are not followed; see webhook.url`, { again: 'later', away: true });
  if (ABOUT_THE_RECEIVER.has(status))
    throw new NotDelivered(`${says}; see webhook.url and webhook.secret`, { again: 'later', away: true });
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    throw new NotDelivered(says, { again: 'later', away: true });
  throw new NotDelivered(`${says}: it does not want this one`, { again: 'never' });
}

/** Wrong address or secret: nothing gets through until somebody mends it. */
const ABOUT_THE_RECEIVER: ReadonlySet<number> = new Set([401, 403, 404, 405, 407, 410]);
