import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGroup } from '../../src/firewall/policy/compile-group.js';
import { compileInputs } from '../../src/firewall/policy/compile-inputs.js';
import type { Document } from '../../src/model/document.js';
import { World, WORLD_TABLES } from '../../src/world/world.js';
import { makeRule } from '../support/make-policy.js';
import { deliveries, docOf, histories, type Delivery } from './policy-histories.js';

const RUNS = process.env.TRIALS === 'full' ? 2000 : 100;
const options = { dialect: 'dog2', generateUnset: false, compiler: 'this one' } as const;

function loaded(anyIsEveryone = false): World {
  const world = new World({ generateUnset: false, anyIsEveryone });
  for (const table of WORLD_TABLES) world.reconcile(table, []);
  return world;
}

function deliver(world: World, { part, events }: Delivery): void {
  const seen = events.map((each) => {
    const after = docOf(each);
    return after === undefined ? { id: each.id } : { id: each.id, after };
  });
  world.apply(part, seen);
}

describe('the hash of what a group is compiled from', () => {
  it('is equal only where the texts are, of any groups at any time in any history and mode', () => {
    const outcomes = new Map<string, string>();
    let met = 0;
    fc.assert(
      fc.property(
        histories.chain((events) => deliveries(events)),
        fc.constantFrom('dog1', 'dog2'),
        fc.boolean(),
        (order, dialect, anyIsEveryone) => {
          const world = loaded(anyIsEveryone);
          const mode = { dialect, generateUnset: false } as const;
          for (const delivery of order) {
            deliver(world, delivery);
            for (const id of ['1', '2', '3']) {
              const inputs = compileInputs(world.policy, id, { ...mode, compiler: 'this one' });
              const outcome = JSON.stringify(compileGroup(world.policy, id, mode));
              // Whether a group has rules at all is not hashed: such a group is compiled.
              if (inputs === undefined) {
                expect(outcome).toMatch(/"ok":false/);
                continue;
              }
              const before = outcomes.get(inputs);
              if (before !== undefined) met += 1;
              expect(before ?? outcome).toBe(outcome);
              outcomes.set(inputs, outcome);
            }
          }
        },
      ),
      { numRuns: RUNS },
    );
    // It would show nothing if no inputs ever came again.
    expect(met).toBeGreaterThan(RUNS);
  });

  const put = (world: World, table: 'group' | 'profile' | 'ruleset' | 'zone' | 'service', doc: Document): void =>
    void world.apply(table, [{ id: doc.id, after: doc }]);
  const small = (anyIsEveryone = false): World => {
    const world = loaded(anyIsEveryone);
    put(world, 'profile', { id: 'p', name: 'p' });
    const inbound = [makeRule({ group_type: 'ZONE', group: 'z', service: 's' })];
    put(world, 'ruleset', { id: 'r', profile_id: 'p', rules: { inbound, outbound: [] } });
    put(world, 'zone', { id: 'z', name: 'office', ipv4_addresses: ['192.0.2.0/24'], ipv6_addresses: [] });
    put(world, 'service', { id: 's', name: 's', services: [{ protocol: 'tcp', ports: ['22'] }] });
    put(world, 'group', { id: 'g', name: 'g', profile_id: 'p' });
    return world;
  };

  it('is another one in another mode, with another compiler and under another name', () => {
    const renamed = small();
    put(renamed, 'group', { id: 'g', name: 'h', profile_id: 'p' });
    const all = [
      compileInputs(small().policy, 'g', options),
      compileInputs(small().policy, 'g', { ...options, dialect: 'dog1' }),
      compileInputs(small().policy, 'g', { ...options, compiler: 'the next' }),
      compileInputs(small(true).policy, 'g', options),
      compileInputs(renamed.policy, 'g', options),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(all).not.toContain(undefined);
  });

  it('stays what it is when something moves that no rule is made from', () => {
    const world = small();
    const before = compileInputs(world.policy, 'g', options);
    put(world, 'zone', { id: 'z', name: 'office', ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] });
    put(world, 'service', { id: 'other', name: 'other', services: [] });
    put(world, 'group', { id: 'g', name: 'g', profile_id: 'p', hash4_ipsets: 'x' });
    expect(compileInputs(world.policy, 'g', options)).toBe(before);
  });

  it('is not given for texts that hold addresses', () => {
    expect(compileInputs(small().policy, 'g', { ...options, generateUnset: true })).toBeUndefined();
  });
});
