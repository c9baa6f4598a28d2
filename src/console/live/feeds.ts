import { EventFeed } from './event-feed.js';

/** What happens to hosts, groups, policy and server; open in every console, beginning with what happened last. */
export const fleetFeed = new EventFeed('/api/V2/events?recent=50');

/** What happens to actors; open on the page that shows them. */
export const actorFeed = new EventFeed('/api/V2/actors/events');
