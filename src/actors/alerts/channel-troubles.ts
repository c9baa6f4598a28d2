import { ALERT_CHANNELS } from '../../alerts/channels.js';
import type { ActorSystem } from '../../otp/index.js';

/** What channels show of themselves in the tree: people may be waiting for alerts that do not come. One line per channel. */
export function channelTroubles(system: ActorSystem): readonly string[] {
  return ALERT_CHANNELS.flatMap(({ name, actor, receiver, letter }) => {
    const pid = system.whereis(actor);
    const state = pid === undefined ? undefined : system.info(pid)?.published?.describe?.();
    if (state?.[receiver] !== 'away') return [];
    const reason = typeof state.reason === 'string' ? state.reason : 'no reason given';
    return [`${name}: the ${receiver} is away, ${Number(state.waiting)} ${letter}s wait: ${reason}`];
  });
}
