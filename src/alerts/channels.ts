import type { ChannelKind } from './alert-channel.js';
import { MAIL } from './mail/mail.js';
import { WEBHOOK } from './webhook/webhook.js';

/** Every channel there is; one more is a folder beside `mail/` and `webhook/` and a row here (docs/alerts.md#a-new-channel). */
export const ALERT_CHANNELS = [MAIL, WEBHOOK] as const satisfies readonly ChannelKind<never>[];

type KeysOf<Kinds extends readonly { readonly keys: object }[]> = Kinds extends readonly [
  infer First extends { readonly keys: object },
  ...infer Rest extends readonly { readonly keys: object }[],
]
  ? First['keys'] & KeysOf<Rest>
  : unknown;

/** The configuration keys of all channels, for `src/config/schema.ts`. */
export const CHANNEL_KEYS = Object.assign({}, ...ALERT_CHANNELS.map(({ keys }) => keys)) as KeysOf<
  typeof ALERT_CHANNELS
>;
