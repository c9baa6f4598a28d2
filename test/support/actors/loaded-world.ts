import type { Document } from '../../../src/model/document.js';
import { World, WORLD_TABLES, type WorldTableName } from '../../../src/world/world.js';

/** A world that has seen all tables, with these rows. */
export function loadedWorld(rows: Partial<Record<WorldTableName, readonly Document[]>> = {}): World {
  const world = new World({ generateUnset: false });
  for (const table of WORLD_TABLES) world.reconcile(table, rows[table] ?? []);
  return world;
}
