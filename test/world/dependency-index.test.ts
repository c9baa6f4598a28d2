import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DependencyIndex } from '../../src/world/dependency-index.js';

const KEYS = ['service:1', 'service:2', 'peer:1', 'peer:2'] as const;

it('knows after any changes what each key is named by, as if only the last keys of each profile had been set', () => {
  const change = fc.tuple(fc.constantFrom('p', 'q', 'r'), fc.array(fc.constantFrom(...KEYS), { maxLength: 5 }));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
      const index = new DependencyIndex();
      for (const [profile, keys] of changes) index.set(profile, keys);
      const last = new Map(changes);
      for (const key of KEYS)
        expect([...index.profilesOn(key)].sort()).toEqual(
          [...last].flatMap(([profile, keys]) => (keys.includes(key) ? [profile] : [])).sort(),
        );
    }),
  );
});
