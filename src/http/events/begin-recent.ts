import type { BookEvent, EventSource } from '../../events/event-book.js';

/** Events looked at in one step. */
const STEP = 500;

/**
 * The place in the book after which its newest `count` wanted events are, as far as they are kept: a stream that begins
 * there tells them first.
 */
export function beginRecent<E extends BookEvent>(
  source: Pick<EventSource<E>, 'last' | 'after'>,
  wants: (event: E) => boolean,
  count: number,
): number {
  let place = source.last;
  let left = count;
  for (let end = source.last; left > 0 && end > 0; end -= STEP) {
    const begin = Math.max(0, end - STEP);
    const { lost, events } = source.after(begin, end - begin);
    for (const { seq, event } of [...events].reverse()) {
      if (seq > end || left === 0 || !wants(event)) continue;
      place = seq - 1;
      left -= 1;
    }
    // What was before is not kept.
    if (lost > 0) break;
  }
  return place;
}
