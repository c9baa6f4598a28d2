import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  changedRulesets,
  RulesetIndex,
  type RulesetsByProfile,
} from '../../../src/firewall/policy/rulesets-by-profile.js';
import type { Document } from '../../../src/model/document.js';

const id = fc.constantFrom('1', '2', '3', '4');
const row = fc.record({
  id,
  profile_id: fc.constantFrom('a', 'b', 'astray', '', null, 7, undefined),
  name: fc.nat({ max: 2 }),
});
/** An upsert, or the removal of an id. */
const change = fc.oneof({ weight: 3, arbitrary: row }, id);

function apply(rows: Map<string, Document | undefined>, one: object | string): string {
  if (typeof one === 'string') {
    rows.set(one, undefined);
    return one;
  }
  const { profile_id: profileId, ...rest } = one as Document;
  rows.set(rest.id, profileId === undefined ? rest : { ...rest, profile_id: profileId });
  return rest.id;
}

function present(rows: ReadonlyMap<string, Document | undefined>): readonly Document[] {
  return [...rows.values()].filter((one) => one !== undefined);
}

function byId(rows: Iterable<Document>): readonly Document[] {
  return [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function expectSame(index: RulesetsByProfile, rows: readonly Document[]): void {
  for (const profile of ['a', 'b', 'astray', '', 'none'])
    expect(byId(index.naming(profile))).toEqual(byId(rows.filter((one) => one['profile_id'] === profile)));
  const isAstray = ({ profile_id: of }: Document): boolean => of !== undefined && typeof of !== 'string';
  expect(byId(index.astray)).toEqual(byId(rows.filter(isAstray)));
}

it('the index of rulesets holds what one made of the table would hold, after any changes', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
      const rows = new Map<string, Document | undefined>();
      const index = new RulesetIndex();
      for (const one of changes) {
        const before = rows.get(typeof one === 'string' ? one : one.id);
        const after = rows.get(apply(rows, one));
        if (before === undefined && after === undefined) continue;
        const changed = typeof one === 'string' ? one : one.id;
        index.update({
          id: changed,
          ...(before === undefined ? {} : { before }),
          ...(after === undefined ? {} : { after }),
        });
        expectSame(index, present(rows));
        expectSame(RulesetIndex.of(present(rows)), present(rows));
      }
    }),
  );
});

it('rulesets with changes laid over them are those of the changed table', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 6 }), fc.array(change, { maxLength: 6 }), (base, changes) => {
      const rows = new Map<string, Document | undefined>();
      for (const one of base) apply(rows, one);
      const index = RulesetIndex.of(present(rows));
      const changed = new Map<string, Document | undefined>();
      for (const one of changes) {
        apply(changed, one);
        apply(rows, one);
      }
      expectSame(changedRulesets(index, changed), present(rows));
    }),
  );
});
