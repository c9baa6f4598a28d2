import type { Clock } from '../otp/index.js';

/** Epoch seconds, as documents keep them. */
export function nowSeconds(clock: Pick<Clock, 'now'>): number {
  return Math.floor(clock.now() / 1000);
}
