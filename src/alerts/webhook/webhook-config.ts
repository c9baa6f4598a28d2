import type { ChannelFindings } from '../alert-channel.js';
import { isNear } from './near-addresses.js';

const secret = {
  type: 'text',
  pattern: /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/,
  shape: 'whsec_ and 24 to 64 bytes in base64, as from: echo "whsec_$(openssl rand -base64 32)"',
  optional: true,
  secret: true,
} as const;

/** The keys of the web hook. */
export const WEBHOOK_KEYS = {
  webhook: {
    // Many receivers have their key in the path, so the whole URL is a secret.
    url: {
      type: 'text',
      pattern: /^https?:\/\/[^\s/?#@]+([/?][^\s#]*)?$/,
      shape: 'a URL such as https://alerts.example.org/dog, without user, password or fragment',
      optional: true,
      secret: true,
    },
    secret,
    previous_secret: secret,
    cacertfile: { type: 'path', optional: true },
    private_addresses: { type: 'boolean' },
  },
} as const;

/** The part of the configuration that the web hook reads. */
export interface WebhookConfig {
  readonly webhook: {
    readonly url: string | undefined;
    readonly secret: string | undefined;
    readonly previous_secret: string | undefined;
    /** A PEM file. */
    readonly cacertfile: string | undefined;
    readonly private_addresses: boolean;
  };
  /** Who sends: the name of this environment. */
  readonly env: string;
  readonly alerts: { readonly timeout_ms: number };
}

/** What contradicts itself or gives the alerts away. */
export function checkWebhook({ webhook }: WebhookConfig): ChannelFindings {
  const { url, secret: signing, previous_secret, private_addresses } = webhook;
  const wrong: { readonly key: string; readonly value: unknown; readonly wanted: string }[] = [];
  if (url === undefined) {
    const warnings = signing === undefined ? [] : ['webhook.secret is set but webhook.url is not: nothing is sent'];
    return { warnings };
  }
  if (!URL.canParse(url)) {
    wrong.push({
      key: 'webhook.url',
      value: '(secret)',
      wanted: 'must be a URL such as https://alerts.example.org/dog',
    });
    return { wrong };
  }
  const { protocol, hostname } = new URL(url);
  if (protocol === 'http:' && !isLoopbackName(hostname)) {
    const wanted = 'must begin with https:// (http:// is for this machine alone: 127.0.0.1, [::1] or localhost)';
    wrong.push({ key: 'webhook.url', value: '(secret)', wanted });
  }
  if (!private_addresses && isNear(bare(hostname))) {
    const wanted = 'must be a public address while webhook.private_addresses is false';
    wrong.push({ key: 'webhook.url', value: '(secret)', wanted });
  }
  if (signing === undefined) {
    const wanted = `must be given too: every delivery is signed; it is ${secret.shape}`;
    wrong.push({ key: 'webhook.secret', value: null, wanted });
  }
  for (const [key, value] of [
    ['webhook.secret', signing],
    ['webhook.previous_secret', previous_secret],
  ] as const) {
    if (value === undefined || fits(value)) continue;
    wrong.push({ key, value: '(secret)', wanted: `must be ${secret.shape}` });
  }
  return { wrong };
}

/** The key in such a secret. */
export function signingKey(text: string): Buffer {
  return Buffer.from(text.slice('whsec_'.length), 'base64');
}

/** A URL's host without the brackets of an IPv6 address. */
export function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function fits(text: string) {
  const bytes = signingKey(text).length;
  return bytes >= 24 && bytes <= 64;
}

function isLoopbackName(hostname: string) {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
