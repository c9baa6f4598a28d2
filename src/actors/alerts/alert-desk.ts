import type { Alert } from '../../alerts/alert.js';
import type { AlertChannel, ChannelKind, ChannelPorts } from '../../alerts/alert-channel.js';
import { ALERT_CHANNELS } from '../../alerts/channels.js';
import type { Config } from '../../config/schema.js';
import { cast, type Clock, type ActorSystem } from '../../otp/index.js';
import { channelActor } from './alert-messages.js';

/** A channel that has an actor. */
export interface OpenChannel {
  readonly kind: ChannelKind<Config>;
  /** Undefined: it isn't configured, and its actor only logs. */
  readonly channel: AlertChannel | undefined;
}

/** Where alerts are handed in. */
export interface AlertDesk {
  /** Hands an alert to the actor of each channel; never waits. Gives the names of the channels that did not take it. */
  tell(alert: Alert): readonly string[];
}

/** The channels that this configuration asks for. */
export function openChannels(config: Config, clock: Pick<Clock, 'now'>): readonly OpenChannel[] {
  const ports: ChannelPorts = { now: () => clock.now() };
  const kinds: readonly ChannelKind<Config>[] = ALERT_CHANNELS;
  return kinds
    .map((kind) => ({ kind, channel: kind.open(config, ports) }))
    .filter(({ kind, channel }) => channel !== undefined || kind.whenOff === 'logs');
}

export function alertDesk(system: ActorSystem, channels: readonly OpenChannel[]): AlertDesk {
  return {
    tell: (alert) =>
      channels
        .filter(({ kind }) => !cast(system, channelActor(kind.actor), { tag: 'alert', alert }))
        .map(({ kind }) => kind.name),
  };
}
