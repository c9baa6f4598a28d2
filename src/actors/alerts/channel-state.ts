import { ALERT_CHANNELS } from '../../alerts/channels.js';
import type { ActorSystem } from '../../otp/index.js';

export type ChannelName = (typeof ALERT_CHANNELS)[number]['name'];

/** How a channel is, as its actor shows it in the tree. */
export interface ChannelState {
  readonly receiver: 'up' | 'away' | 'off';
  /** Why it is away. */
  readonly reason: string | undefined;
  /** Alerts that wait. */
  readonly waiting: number;
}

/** Reads what the actor shows and asks it nothing; undefined: it does not run now. */
export function channelState(
  system: Pick<ActorSystem, 'whereis' | 'info'>,
  name: ChannelName,
): ChannelState | undefined {
  const channel = ALERT_CHANNELS.find((one) => one.name === name);
  if (channel === undefined) return undefined;
  const { actor, receiver } = channel;
  const pid = system.whereis(actor);
  const shown = pid === undefined ? undefined : system.info(pid)?.published?.describe?.();
  const state = shown?.[receiver];
  if (state !== 'up' && state !== 'away' && state !== 'off') return undefined;
  const reason = typeof shown?.['reason'] === 'string' ? shown['reason'] : undefined;
  return { receiver: state, reason, waiting: Number(shown?.['waiting'] ?? 0) };
}
