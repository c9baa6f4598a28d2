import type { Document } from '../model/document.js';
import type { World } from '../world/world.js';

/**
 * The host of this id, hostkey or name. Names are not unique: the first that is in use, or else the first of any.
 * Undefined: there is none.
 */
export function findHost(world: Pick<World, 'rows' | 'hostByKey'>, asked: string): Document | undefined {
  return world.rows('host').get(asked) ?? world.hostByKey(asked) ?? hostByName(world, asked);
}

function hostByName(world: Pick<World, 'rows'>, name: string): Document | undefined {
  const named = [...world.rows('host').values()].filter((row) => row.name === name);
  return named.find((row) => row.active === 'active') ?? named[0];
}
