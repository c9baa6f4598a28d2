import type { ChannelKind } from '../alert-channel.js';
import { postSigned } from './post-signed.js';
import { WebhookChannel } from './webhook-channel.js';
import { WEBHOOK_KEYS, checkWebhook, type WebhookConfig } from './webhook-config.js';

/** Signed JSON to one URL. */
export const WEBHOOK = {
  name: 'webhook',
  actor: 'webhook',
  receiver: 'receiver',
  letter: 'post',
  deadLetters: 'dead-posts.ndjson',
  outage: 'webhook',
  whenOff: 'absent',
  keys: WEBHOOK_KEYS,
  check: checkWebhook,
  // The host alone: a path may hold a key.
  recipients: ({ webhook }) => (webhook.url === undefined ? [] : [new URL(webhook.url).host]),
  open: (config, { now }) => {
    const { url, secret, previous_secret } = config.webhook;
    if (url === undefined || secret === undefined) return undefined;
    const secrets = previous_secret === undefined ? [secret] : [secret, previous_secret];
    return new WebhookChannel({ post: postSigned(config, new URL(url)), secrets, env: config.env, now });
  },
} as const satisfies ChannelKind<WebhookConfig>;
