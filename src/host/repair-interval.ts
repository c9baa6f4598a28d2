/** So many repairs are tried at the configured pace: one may be lost, or meet a host that is restarting. */
const AT_FULL_PACE = 5;
/** Most times that the pause between further ones doubles: 32 times the configured pace. */
const MOST_DOUBLINGS = 5;

/**
 * Seconds until a host may be repaired again after `done` repairs in a row that left it differing. A host that can't be
 * brought to what it was sent (something on it writes rules too, or its kernel prints them otherwise) is not worth a
 * message a minute for ever; it is never given up either. A report that agrees starts the count anew.
 */
export function repairIntervalSeconds(configured: number, done: number): number {
  return configured * 2 ** Math.min(Math.max(done - AT_FULL_PACE, 0), MOST_DOUBLINGS);
}
