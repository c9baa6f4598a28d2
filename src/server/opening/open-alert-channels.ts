import type { AlertChannel, ChannelKind, ChannelPorts } from '../../alerts/alert-channel.js';
import { ALERT_CHANNELS } from '../../alerts/channels.js';
import type { Config } from '../../config/schema.js';
import type { Clock } from '../../otp/index.js';

/** A channel that has an actor. */
export interface OpenChannel {
  readonly kind: ChannelKind<Config>;
  /** Undefined: it isn't configured, and its actor only logs. */
  readonly channel: AlertChannel | undefined;
}

/** The channels that this configuration asks for. */
export function openAlertChannels(config: Config, clock: Pick<Clock, 'now'>): readonly OpenChannel[] {
  const ports: ChannelPorts = { now: () => clock.now() };
  const kinds: readonly ChannelKind<Config>[] = ALERT_CHANNELS;
  return kinds
    .map((kind) => ({ kind, channel: kind.open(config, ports) }))
    .filter(({ kind, channel }) => channel !== undefined || kind.whenOff === 'logs');
}
