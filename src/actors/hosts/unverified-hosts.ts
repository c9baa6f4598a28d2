import { escapeHidden } from '../../model/hidden-characters.js';
import { textOf } from '../../model/text-of.js';
import type { World } from '../../world/world.js';

/** Names in a text; the rest are counted. */
const MOST_NAMES = 5;

/** Hosts in use whose agents can't show their rules. */
export interface UnverifiedHosts {
  readonly count: number;
  /** Names of those that have shown them before. */
  readonly turned: readonly string[];
}

export function unverifiedHosts(world: Pick<World, 'rows' | 'knowledge'>): UnverifiedHosts {
  let count = 0;
  const turned: string[] = [];
  for (const row of world.rows('host').values()) {
    if (row.unverified !== true || row.active !== 'active') continue;
    count += 1;
    if (world.knowledge(textOf(row.hostkey))?.verified === true) turned.push(textOf(row.name));
  }
  return { count, turned };
}

/** What the alarm `hosts.unverified` says; `undefined`: it is over. */
export function unverifiedAlarm({ turned }: UnverifiedHosts): string | undefined {
  if (turned.length === 0) return undefined;
  const named = turned
    .slice(0, MOST_NAMES)
    .map((name) => JSON.stringify(escapeHidden(name)))
    .join(', ');
  const more = turned.length > MOST_NAMES ? ` and ${turned.length - MOST_NAMES} more` : '';
  return (
    `hosts that showed their rules before no longer do: ${named}${more}; look at each of them. ` +
    'Where the agent was replaced by one that never shows them, delete the host, so that it registers anew'
  );
}
