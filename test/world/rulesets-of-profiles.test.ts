import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RulesetIndex } from '../../src/firewall/policy/rulesets-by-profile.js';
import { World, WORLD_TABLES } from '../../src/world/world.js';
import { deliveries, docOf, histories } from './policy-histories.js';

it('the world keeps rulesets by profile as a look through its table would find them', () => {
  fc.assert(
    fc.property(
      histories.chain((events) => deliveries(events)),
      (order) => {
        const world = new World({ generateUnset: false });
        for (const table of WORLD_TABLES) world.reconcile(table, []);
        for (const { part, events, how } of order) {
          const seen = events.map((each) => ({ id: each.id, after: docOf(each) }));
          const given = seen.map(({ id, after }) => (after === undefined ? { id } : { id, after }));
          if (how === 'whole')
            world.reconcile(
              part,
              seen.flatMap(({ after }) => after ?? []),
            );
          else world.apply(part, given);
          const { ruleset, rulesetsByProfile } = world.policy;
          const fresh = RulesetIndex.of(ruleset.values());
          for (const profile of ['1', '2', '3'])
            expect(new Set(rulesetsByProfile?.naming(profile))).toEqual(new Set(fresh.naming(profile)));
        }
      },
    ),
    { numRuns: 60 },
  );
});
