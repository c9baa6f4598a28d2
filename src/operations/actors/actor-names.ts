import { textOf } from '../../model/text-of.js';
import type { World } from '../../world/world.js';

/** The names of hosts and groups by the ids of their actors: `host:HOSTKEY` and `group:ID`. */
export function actorNames(world: Pick<World, 'hostByKey' | 'rows'>): (id: string) => string | undefined {
  return (id) => {
    if (id.startsWith('host:')) return textOf(world.hostByKey(id.slice('host:'.length))?.name) || undefined;
    if (id.startsWith('group:')) return textOf(world.rows('group').get(id.slice('group:'.length))?.name) || undefined;
    return undefined;
  };
}
