import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeptSetUse, setUse } from '../../../src/actors/last-good/set-use.js';
import { RulesetOutputs } from '../../../src/actors/groups/ruleset-outputs.js';
import { packRulesetSync } from '../../../src/model/stored-ruleset.js';
import { loadedWorld } from '../../support/actors/loaded-world.js';

const GROUPS = ['g1', 'g2', 'g3', 'g4', 'g5'];
const TEXT = { text: 'rules', hash: 'hash' };

/** What may happen to what is looked at. */
const step = fc.oneof(
  fc.record({
    what: fc.constant('ruleset' as const),
    group: fc.constantFrom(...GROUPS),
    name: fc.constantFrom('web', 'db'),
    sets: fc.uniqueArray(fc.constantFrom('a_zv4', 'b_zv4', 'c_gv6')),
  }),
  fc.record({ what: fc.constantFrom('delete' as const, 'failure' as const), group: fc.constantFrom(...GROUPS) }),
  fc.record({ what: fc.constantFrom('rollout' as const, 'ready' as const) }),
);

describe('sets in use, kept', () => {
  it('are always those that are found afresh', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const outputs = new RulesetOutputs();
        const loaded = loadedWorld({ group: GROUPS.map((id) => ({ id, name: id })) });
        let ready = false;
        let rollouts: { groupName: string; ruleset: ReturnType<typeof packRulesetSync> }[] = [];
        const seen = {
          get: (id: string) => outputs.get(id),
          values: () => outputs.values(),
          failures: outputs.failures,
          rollouts: { rulesets: () => rollouts },
        } as unknown as RulesetOutputs;
        const world = () => ({ ready, rows: loaded.rows.bind(loaded) });
        const kept = new KeptSetUse();
        for (const one of steps) {
          if (one.what === 'ruleset') {
            const texts = { set4: TEXT, set6: TEXT, unset4: TEXT, unset6: TEXT };
            const ruleset = packRulesetSync(texts, one.sets);
            const { group: groupId, name: groupName } = one;
            outputs.set({ groupId, groupName, dialect: 'dog2', ruleset, compiledAt: 1, publishedAt: 1 });
          } else if (one.what === 'delete') outputs.delete(one.group);
          else if (one.what === 'failure') outputs.failures.set(one.group, { error: {}, at: 1 });
          else if (one.what === 'ready') ready = !ready;
          else rollouts = rollouts.length > 0 ? [] : [...outputs.values()].slice(0, 2);
          const fresh = setUse(world(), seen);
          const now = kept.now(world(), seen);
          expect([...now.users]).toEqual([...fresh.users]);
          expect(now.certain).toBe(fresh.certain);
          expect(kept.now(world(), seen)).toBe(now);
        }
      }),
    );
  });
});
