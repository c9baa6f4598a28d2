import type { World } from '../../world/world.js';
import { readLink } from '../../federation/link-settings.js';
import type { LinkBook } from './link-book.js';

export interface LinkTroublesNeeds {
  readonly book: Pick<LinkBook, 'entries' | 'waiting'>;
  readonly world: Pick<World, 'rows'>;
}

/** What is wrong with links, for `/readyz`: a sentence each. What is stale or held is among the alarms. */
export function linkTroubles({ book, world }: LinkTroublesNeeds): readonly string[] {
  const waiting = book.waiting();
  const notes =
    waiting.length === 0
      ? []
      : [`links: nothing is published before ${waiting.join(', ')} is heard or known to be stale`];
  for (const row of world.rows('link').values()) {
    const { name, receives, sends, enabled } = readLink(row);
    const entry = book.entries.get(row.id);
    if (!enabled || entry === undefined) continue;
    const told = (what: string): number => notes.push(`link ${JSON.stringify(name)}: ${what}`);
    if (entry.fault !== undefined) told(`does nothing: ${entry.fault}`);
    if (receives && entry.inboundError !== undefined) told(`nothing can be heard: ${entry.inboundError}`);
    if (receives && entry.refused !== undefined)
      told(`${entry.refused.count} messages were refused, the last because ${entry.refused.reason}`);
    const [first] = entry.leftOut;
    if (receives && first !== undefined)
      told(
        `${entry.leftOut.length} names are left out, such as ${JSON.stringify(first.name.slice(0, 60))}: ${first.reason}`,
      );
    if (!sends) continue;
    const { far, sendError } = entry;
    if (far !== undefined && (far.state === 'down' || far.state === 'blocked'))
      told(`its broker is ${far.state}: ${far.error ?? 'no reason is known'}`);
    else if (sendError !== undefined) told(`our sets do not get through: ${sendError}`);
  }
  return notes;
}
