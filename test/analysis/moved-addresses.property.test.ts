import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressSet, bindRuleset, difference, type Filter, flowJson, readRuleset } from '../../src/analysis/index.js';
import { movedAddresses } from '../../src/analysis/moved-addresses.js';
import { finish } from '../../src/firewall/finish.js';
import { compiled } from '../support/analysis-policies.js';
import { soundPolicy } from '../support/policy-arbitrary.js';

const RUNS = process.env['TRIALS'] === 'full' ? 20_000 : 300;

type Contents = ReadonlyMap<string, readonly string[]>;

function bound(text: string, family: 'v4' | 'v6', contents: Contents, ruleset = readRuleset(text, family)): Filter {
  return bindRuleset(ruleset, new Map([...contents].map(([name, list]) => [name, addressSet(family, list)])));
}
function flows(before: Filter, after: Filter): readonly string[] {
  // Which packet shows a flow may differ with how it was found; all else may not.
  return finish(difference(before, after))
    .map((flow) => JSON.stringify({ ...flowJson(flow), witness: null }))
    .sort();
}

const NETS = {
  v4: ['10.0.0.1', '10.0.0.0/24', '10.0.0.128/25', '192.0.2.0/24', '0.0.0.0/1', '203.0.113.7'],
  v6: ['2001:db8::1', '2001:db8::/32', '2001:db8:1::/48', '8000::/1', 'fe80::7', 'fd00::/8'],
};
const picks = fc.array(fc.nat({ max: 5 }), { maxLength: 4 });

describe('one ruleset over other sets', () => {
  it(
    `is compared where addresses moved, with what a whole comparison finds (${RUNS} policies)`,
    { timeout: 3_600_000 },
    () => {
      let seen = 0;
      fc.assert(
        fc.property(
          soundPolicy,
          fc.constantFrom('dog1' as const, 'dog2' as const),
          fc.array(fc.tuple(fc.constantFrom('stays', 'grows', 'is other'), picks), { minLength: 6, maxLength: 6 }),
          (policy, dialect, edits) => {
            const { text, sets, filter } = compiled(policy, dialect);
            const family = policy.version;
            const edited = [...sets].map(([name, list], at): [string, readonly string[]] => {
              const [what, places] = edits[at % edits.length] as (typeof edits)[number];
              const nets = places.map((place) => NETS[family][place] as string);
              return [name, what === 'stays' ? list : what === 'grows' ? [...list, ...nets] : nets];
            });
            const after = new Map(edited);
            const short = flows(filter, bound(text, family, after, filter.ruleset));
            expect(short).toEqual(flows(filter, bound(text, family, after)));
            seen += short.length;
          },
        ),
        { numRuns: RUNS },
      );
      expect(seen).toBeGreaterThan(RUNS / 4);
    },
  );

  const TEXT = [
    '*filter',
    ':INPUT DROP [0:0]',
    ':FORWARD DROP [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':known - [0:0]',
    '-A INPUT -m set --match-set a src -j known',
    '-A INPUT -p tcp -m set ! --match-set b src -m tcp --dport 22 -j ACCEPT',
    '-A INPUT -p udp -m set --match-set a src -m set --match-set c dst -j REJECT --reject-with icmp-port-unreachable',
    '-A OUTPUT -m set --match-set c dst -j DROP',
    '-A known -m set --match-set b src -j RETURN',
    '-A known -p tcp -j ACCEPT',
    'COMMIT',
  ].join('\n');

  it('also where chains jump, tests are turned round, and sources and goals move at once', () => {
    let simple = 0;
    fc.assert(
      fc.property(fc.array(picks, { minLength: 6, maxLength: 6 }), (lists) => {
        const contents = (from: number): Contents =>
          new Map(
            ['a', 'b', 'c'].map((name, at) => [
              name,
              (lists[(from + at) % 6] as number[]).map((place) => NETS.v4[place] as string),
            ]),
          );
        const before = bound(TEXT, 'v4', contents(0));
        const after = bound(TEXT, 'v4', contents(3), before.ruleset);
        if (movedAddresses(before.chains.INPUT, after.chains.INPUT)) simple += 1;
        expect(flows(before, after)).toEqual(flows(before, bound(TEXT, 'v4', contents(3))));
      }),
      { numRuns: RUNS },
    );
    expect(simple).toBeGreaterThan(0);
  });

  it('is not compared at all where the same addresses are in sets as before', () => {
    const list: Contents = new Map([
      ['a', ['10.0.0.0/24']],
      ['b', []],
      ['c', ['192.0.2.0/25', '192.0.2.128/25']],
    ]);
    const before = bound(TEXT, 'v4', list);
    const same = bound(TEXT, 'v4', new Map([...list, ['c', ['192.0.2.0/24']]]), before.ruleset);
    expect(movedAddresses(before.chains.INPUT, same.chains.INPUT)).toBeNull();
    expect(movedAddresses(before.chains.OUTPUT, same.chains.OUTPUT)).toBeNull();
    expect(flows(before, same)).toEqual([]);
    // Another reading of the same text is another ruleset.
    expect(movedAddresses(before.chains.INPUT, bound(TEXT, 'v4', list).chains.INPUT)).toBeUndefined();
  });
});
