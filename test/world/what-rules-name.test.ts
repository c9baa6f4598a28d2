import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Document } from '../../src/model/document.js';
import type { RowChange } from '../../src/model/row-change.js';
import { World, WORLD_TABLES } from '../../src/world/world.js';
import { makeRule } from '../support/make-policy.js';

const IDS = ['1', '2'] as const;
const rule = fc
  .record({ group: fc.constantFrom(...IDS), service: fc.constantFrom(...IDS), comment: fc.constantFrom('', 'x') })
  .map(makeRule);
const rules = fc.record({ inbound: fc.array(rule, { maxLength: 2 }), outbound: fc.array(rule, { maxLength: 1 }) });
const ruleset: fc.Arbitrary<Document> = fc.record({
  id: fc.constantFrom(...IDS),
  profile_id: fc.constantFrom(...IDS),
  rules,
});

/** Groups that edits of things that rules may name would make stale, by what is edited. */
function staleGroups(world: World): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  for (const table of ['service', 'zone'] as const)
    for (const id of IDS) {
      const change: RowChange = { id, after: { id, name: 'other' } };
      found[`${table} ${id}`] = [...world.wouldDirty([{ table, change }]).groups].sort();
    }
  return found;
}

function worldOf(rulesets: readonly Document[]): World {
  const world = new World({ generateUnset: false });
  const rows: Partial<Record<string, readonly Document[]>> = {
    group: IDS.map((id) => ({ id, name: `g${id}`, profile_id: id })),
    profile: IDS.map((id) => ({ id, name: `p${id}` })),
    ruleset: rulesets,
  };
  for (const table of WORLD_TABLES) world.reconcile(table, rows[table] ?? []);
  return world;
}

it('after any edits of rulesets the world knows whom an edit would make stale as if it had just read all rows', () => {
  fc.assert(
    fc.property(fc.array(ruleset, { minLength: 2, maxLength: 12 }), (edits) => {
      const world = worldOf([]);
      for (const after of edits) {
        world.apply('ruleset', [{ id: after.id, after }]);
        expect(staleGroups(world)).toEqual(staleGroups(worldOf([...world.rows('ruleset').values()])));
      }
    }),
    { numRuns: 300 },
  );
});
