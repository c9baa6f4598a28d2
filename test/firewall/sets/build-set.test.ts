import { describe, expect, it } from 'vitest';
import { buildSet, MAX_ENTRIES, WARN_ENTRIES, type WantedSet } from '../../../src/firewall/sets/build-set.js';
import { setNameFault } from '../../../src/firewall/sets/set-name.js';

function wanted(base: string, addresses: readonly unknown[], change: Partial<WantedSet> = {}): WantedSet {
  return {
    base,
    kind: 'zone',
    family: 'v4',
    addresses,
    order: 'sorted',
    ...change,
  };
}

/** Addresses with a gap between any two, so that none join. */
function apart(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `10.${(i * 2) >> 16}.${((i * 2) >> 8) & 255}.${(i * 2) & 255}`);
}

describe('buildSet', () => {
  it('leaves junk out and names the first of it', () => {
    const { rendered, problems } = buildSet(wanted('z', ['10.0.0.1', 'x', 7, '010.0.0.1']), 'dog2');
    expect(rendered?.addresses).toEqual(['10.0.0.1']);
    expect(problems).toEqual([expect.objectContaining({ set: 'z_zv4', kind: 'junk', count: 3 })]);
    expect(problems[0]).toMatchObject({ examples: [{ element: 'x' }, { element: '7' }, { element: '010.0.0.1' }] });
  });

  it('shows only the start of a long element, and only some of many', () => {
    const { problems } = buildSet(wanted('z', Array<string>(1000).fill('x'.repeat(10_000))), 'dog2');
    expect(problems[0]).toMatchObject({ count: 1000 });
    expect(JSON.stringify(problems).length).toBeLessThan(5000);
  });

  it.each(['a b', 'a\tb', 'a\nb', 'a"b', 'x'.repeat(27), 'é'.repeat(14)])('leaves out a set named %j', (base) => {
    const { rendered, problems } = buildSet(wanted(base, ['10.0.0.1']), 'dog1');
    expect(rendered).toBeUndefined();
    expect(problems).toMatchObject([{ kind: 'name' }]);
  });

  it.each(['', 'x', 'x'.repeat(26), 'é'.repeat(13), 'q1#web', "a'b", 'a$(b)', '-x', '%n', 'a\\b'])(
    'takes the name %j',
    (base) => {
      expect(setNameFault(base)).toBeUndefined();
    },
  );

  it('warns from 80 % on', () => {
    expect(buildSet(wanted('z', apart(WARN_ENTRIES)), 'dog2').problems).toEqual([]);
    expect(buildSet(wanted('z', apart(WARN_ENTRIES + 1)), 'dog2').problems).toMatchObject([{ kind: 'nearly_full' }]);
    expect(buildSet(wanted('z', apart(MAX_ENTRIES)), 'dog2').problems).toMatchObject([{ kind: 'nearly_full' }]);
  });

  it('publishes the last good content of a set that grew too large, or nothing', () => {
    const large = wanted('z', apart(MAX_ENTRIES + 1));
    expect(buildSet(large, 'dog2', ['10.0.0.1'])).toMatchObject({
      rendered: { addresses: ['10.0.0.1'] },
      problems: [{ kind: 'full', count: MAX_ENTRIES + 1, instead: 'last_good' }],
    });
    expect(buildSet(large, 'dog1')).toMatchObject({
      rendered: { addresses: [] },
      problems: [{ kind: 'full', count: MAX_ENTRIES + 1, instead: 'empty' }],
    });
  });

  it('warns in dog1 that 0.0.0.0/0 is one address', () => {
    expect(buildSet(wanted('z', ['0.0.0.0/0']), 'dog1')).toMatchObject({
      rendered: { addresses: ['0.0.0.0'] },
      problems: [{ kind: 'any_as_one' }],
    });
    expect(buildSet(wanted('z', ['0.0.0.0/0']), 'dog2')).toMatchObject({
      rendered: { addresses: ['0.0.0.0/1', '128.0.0.0/1'] },
      problems: [],
    });
  });
});
