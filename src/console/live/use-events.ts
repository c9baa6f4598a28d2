import { useEffect, useRef } from 'preact/hooks';
import type { EventFeed } from './event-feed.js';
import type { Told } from './event-lines.js';

/** Calls `told` with each event of these kinds (all: undefined) while the component is shown. */
export function useEvents(feed: EventFeed, kinds: readonly string[] | undefined, told: (event: Told) => void): void {
  const newest = useRef(told);
  newest.current = told;
  const wanted = kinds?.join(',');
  useEffect(() => {
    const set = wanted === undefined ? undefined : new Set(wanted.split(','));
    return feed.listen((event) => {
      if (set === undefined || set.has(event.kind) || event.kind === 'lost') newest.current(event);
    });
  }, [feed, wanted]);
}
