import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StoreError } from '../../../src/store/store.js';
import { keeperAlone, zone } from './keeper-alone.js';

type Keeper = Awaited<ReturnType<typeof keeperAlone>>;

const SETS = ['office_zv4', 'office_zv6', 'lab_zv4'];

/** What may happen to what the keeper looks at. */
const step: fc.Arbitrary<(keeper: Keeper) => unknown> = fc.oneof(
  fc.constantFrom([], ['192.0.2.1'], ['192.0.2.2']).map((list) => (k: Keeper) => {
    k.world.apply('zone', [{ id: 'z', after: zone(list) }]);
  }),
  fc.constant((k: Keeper) => k.world.apply('zone', [{ id: 'z' }])),
  fc.constant((k: Keeper) => k.world.apply('zone', [{ id: 'z', after: { ...zone([]), ipv4_addresses: 'no list' } }])),
  fc.subarray(SETS).map((names) => (k: Keeper) => k.names(...names)),
  fc.constant((k: Keeper) => k.outputs.delete('g1')),
  fc.boolean().map((there) => (k: Keeper) => {
    k.world.apply('group', [{ id: 'g2', ...(there ? { after: { id: 'g2', name: 'db' } } : {}) }]);
  }),
  fc.boolean().map((fails) => (k: Keeper) => {
    if (fails) k.outputs.failures.set('g2', { error: { message: 'no' }, at: 1 });
    else k.outputs.failures.delete('g2');
  }),
  fc.boolean().map((refuses) => (k: Keeper) => {
    k.store.failure = refuses ? new StoreError('refused', 'no writing') : undefined;
  }),
);

/** What comes after it: mostly enough for the keeper to rest. */
const then: fc.Arbitrary<(keeper: Keeper) => Promise<unknown>> = fc.constantFrom(
  (k: Keeper) => k.look(),
  (k: Keeper) => k.later(),
  (k: Keeper) => {
    k.publish();
    return k.later();
  },
);

function seenOf({ dirtied, alarms, store, shown }: Keeper) {
  return [dirtied, alarms(), store.rows('setting'), store.commits.length, shown()];
}

it('a keeper that does not look where nothing changed asks, tells and keeps what one does that always looks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(step, then), { maxLength: 20 }), async (steps) => {
      const keepers = [await keeperAlone(), await keeperAlone({ looksAlways: true })] as const;
      for (const keeper of keepers) await keeper.later();
      for (const [act, wait] of steps) {
        for (const keeper of keepers) {
          act(keeper);
          await wait(keeper);
        }
        expect(seenOf(keepers[0])).toEqual(seenOf(keepers[1]));
      }
      for (const keeper of keepers) await keeper.stop();
    }),
    { numRuns: 150 },
  );
});
