import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RowChange } from '../../src/model/row-change.js';
import { World, WORLD_TABLES } from '../../src/world/world.js';
import { deliveries, docOf, histories } from './policy-histories.js';

/** Groups that edits of things that rules may name would make stale, by what is edited. */
function staleGroups(world: World): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  for (const table of ['service', 'zone', 'group'] as const)
    for (const id of ['1', '2', '3', 'any', 'self', 'all-active']) {
      const change: RowChange = { id, after: { id, name: 'other' } };
      found[`${table} ${id}`] = [...world.wouldDirty([{ table, change }]).groups].sort();
    }
  return found;
}

it('after any history the world knows whom an edit would make stale as if it had just read all rows', () => {
  fc.assert(
    fc.property(
      histories.chain((events) => deliveries(events)),
      (order) => {
        const world = new World({ generateUnset: false });
        for (const table of WORLD_TABLES) world.reconcile(table, []);
        for (const { part, events, how } of order) {
          const seen = events.map((each) => ({ id: each.id, after: docOf(each) }));
          const given = seen.map(({ id, after }) => (after === undefined ? { id } : { id, after }));
          const rows = seen.flatMap(({ after }) => after ?? []);
          if (how === 'whole') world.reconcile(part, rows);
          else world.apply(part, given);
          const fresh = new World({ generateUnset: false });
          for (const table of WORLD_TABLES) fresh.reconcile(table, [...world.rows(table).values()]);
          expect(staleGroups(world)).toEqual(staleGroups(fresh));
        }
      },
    ),
    { numRuns: 60 },
  );
});
