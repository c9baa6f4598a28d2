import { useEffect } from 'preact/hooks';
import { now } from '../live/now.js';
import { fleetFeed } from '../live/feeds.js';
import { keepEvent } from '../live/last-events.js';
import { spanText } from '../parts/ago-text.js';

/** Whether what is shown is live. */
export function LiveState() {
  // The feed is open as long as the frame is shown, and what it tells is kept for the pages.
  useEffect(() => fleetFeed.listen(keepEvent), []);
  const feed = fleetFeed.state.value;
  const text =
    feed.state === 'live'
      ? 'Live'
      : feed.state === 'lost'
        ? `Not live for ${spanText(Math.max(1, now.value - Math.floor(feed.since / 1000)))}: ${feed.why}. Trying again`
        : 'Connecting';
  return (
    <span class="live small" data-state={feed.state} role="status">
      {text}
    </span>
  );
}
