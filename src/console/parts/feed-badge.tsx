import type { EventFeed } from '../live/event-feed.js';
import { Badge } from './badge.js';

/** Whether a part of a page is told at once of what happens, for feeds besides that of the frame. */
export function FeedBadge({ feed }: { feed: EventFeed }) {
  const current = feed.state.value;
  if (current.state === 'live') return <Badge tone="ok">told at once</Badge>;
  if (current.state === 'lost') return <Badge tone="bad">not told at once: {current.why}</Badge>;
  return <Badge tone="info">connecting</Badge>;
}
