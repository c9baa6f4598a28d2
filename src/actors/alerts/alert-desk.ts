import type { Alert } from '../../alerts/alert.js';
import type { ChannelKind } from '../../alerts/alert-channel.js';
import { cast, type ActorSystem } from '../../otp/index.js';
import { channelActor } from './alert-messages.js';

/** Where alerts are handed in. */
export interface AlertDesk {
  /** Hands an alert to the actor of each channel; never waits. Gives the names of the channels that did not take it. */
  tell(alert: Alert): readonly string[];
}

/** `channels`: those that have an actor. */
export function alertDesk(
  system: ActorSystem,
  channels: readonly Pick<ChannelKind<never>, 'name' | 'actor'>[],
): AlertDesk {
  return {
    tell: (alert) =>
      channels
        .filter(({ actor }) => !cast(system, channelActor(actor), { tag: 'alert', alert }))
        .map(({ name }) => name),
  };
}
