import fc from 'fast-check';
import { expect, it } from 'vitest';
import { finish } from '../../src/firewall/finish.js';
import type { Document } from '../../src/model/document.js';
import { overlayPolicy } from '../../src/plan/overlay-policy.js';
import type { Contents } from '../../src/plan/same-set.js';
import { setChanges } from '../../src/plan/set-changes.js';
import { SetLook } from '../../src/plan/set-look.js';
import { World, WORLD_TABLES } from '../../src/world/world.js';

const MANY = Array.from({ length: 1200 }, (_, n) => `10.${n % 5}.${n >> 4}.${(n * 3) & 255}`);
const NAMES = ['a_zv4', 'a_zv6', 'b_zv4', 'c_zv4', 'all-active_gv4'];

const address = fc.oneof(fc.ipV4(), fc.constantFrom('10.0.0.0/8', '0.0.0.0/0', 'junk'));
const list = fc.oneof(
  fc.array(address, { maxLength: 3 }),
  fc.tuple(fc.nat(1200), fc.array(address, { maxLength: 2 })).map(([at, come]) => MANY.toSpliced(at, 1, ...come)),
  fc.constant('malformed'),
);
const zone = fc.record({ id: fc.constantFrom('1', '2'), name: fc.constantFrom('a', 'b'), ipv4_addresses: list });
const contents = fc.dictionary(
  fc.constantFrom(...NAMES.filter((name) => name.endsWith('v4'))),
  fc.constantFrom(['1.2.3.4'], ['5.6.0.0/16'], MANY.slice(0, 3)),
);
const step = fc.record({ made: zone, planned: zone, contents: fc.option(contents) });

it.each(['dog2', 'dog1'] as const)(
  'sees what one that knows nothing sees, over any history of writes and plans: %s',
  (dialect) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        const world = new World({ generateUnset: false });
        for (const table of WORLD_TABLES) world.reconcile(table, []);
        const look = new SetLook(dialect);
        let held: Contents = new Map();
        for (const { made, planned, contents: next } of steps) {
          if (next !== null) held = new Map(Object.entries(next));
          world.apply('zone', [{ id: made.id, after: made }]);
          const before = world.rows('zone').get(planned.id);
          const change = { id: planned.id, ...(before && { before }), after: planned as Document };
          const policy = overlayPolicy(world.policy, [{ table: 'zone', change }]);
          const changes = (by: SetLook) =>
            finish(setChanges(world.policy, policy, { dialect, contents: held, look: by }));
          expect(changes(look)).toEqual(changes(new SetLook(dialect)));
          for (const name of NAMES)
            for (const asked of [world.policy, policy, world.policy])
              expect(finish(look.get(asked, name, held))).toEqual(finish(new SetLook(dialect).get(asked, name, held)));
        }
      }),
      { numRuns: 60 },
    );
  },
);
