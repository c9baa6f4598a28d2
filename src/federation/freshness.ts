/**
 * What is known of a link that receives. `waiting`: it was not heard yet, and might be soon. `stale`: silent for so long
 * that something is wrong; its sets stay. `expired`: silent for longer than its sets may be used.
 */
export type Freshness = 'waiting' | 'fresh' | 'stale' | 'expired';

/** Intervals of silence after which a link is stale. */
export const STALE_INTERVALS = 3;

/** Times in milliseconds; `silentMs` since it was heard, or since it began to listen if it never was. */
export function freshness(link: {
  readonly heard: boolean;
  readonly silentMs: number;
  readonly staleMs: number;
  /** Undefined: its sets are kept however long it is silent. */
  readonly maxStaleMs: number | undefined;
}): Freshness {
  if (link.maxStaleMs !== undefined && link.silentMs >= Math.max(link.maxStaleMs, link.staleMs)) return 'expired';
  if (link.silentMs >= link.staleMs) return 'stale';
  return link.heard ? 'fresh' : 'waiting';
}
