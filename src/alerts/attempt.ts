import { DeliveredInPart, NotDelivered, type AlertChannel } from './alert-channel.js';
import type { Notice } from './notice.js';

/** How a try ended. `missed`: who has not got it, and will not. */
export type Outcome =
  | { readonly result: 'delivered' }
  | { readonly result: 'in_part'; readonly missed: readonly string[]; readonly reason: string }
  | { readonly result: 'later'; readonly away: boolean; readonly reason: string }
  | { readonly result: 'never'; readonly reason: string };

/** Tries once. Never rejects. */
export async function attempt(channel: AlertChannel, notice: Notice): Promise<Outcome> {
  try {
    await channel.deliver(notice);
    return { result: 'delivered' };
  } catch (error) {
    if (error instanceof DeliveredInPart) return { result: 'in_part', missed: error.missed, reason: error.message };
    if (!(error instanceof NotDelivered)) return { result: 'never', reason: String(error) };
    if (error.again === 'never') return { result: 'never', reason: error.message };
    return { result: 'later', away: error.away, reason: error.message };
  }
}
