import { ALERT_CHANNELS } from '../../alerts/channels.js';
import type { ActorSystem } from '../../otp/index.js';
import { channelState } from './channel-state.js';

/** What channels show of themselves in the tree: people may be waiting for alerts that do not come. One line per channel. */
export function channelTroubles(system: ActorSystem): readonly string[] {
  return ALERT_CHANNELS.flatMap(({ name, receiver, letter }) => {
    const state = channelState(system, name);
    if (state?.receiver !== 'away') return [];
    return [`${name}: the ${receiver} is away, ${state.waiting} ${letter}s wait: ${state.reason ?? 'no reason given'}`];
  });
}
