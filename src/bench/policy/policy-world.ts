import type { Document } from '../../model/document.js';
import { World, WORLD_TABLES } from '../../world/world.js';
import type { FleetPolicy } from './fleet-policy.js';

/** The world of this process's own build that holds just these documents. */
export function policyWorld(policy: FleetPolicy): World {
  const rows: Partial<Record<string, readonly Document[]>> = { ...policy };
  const world = new World({ generateUnset: false });
  for (const table of WORLD_TABLES) world.reconcile(table, rows[table] ?? []);
  return world;
}
