import { describe, expect, it } from 'vitest';
import { SimKernel } from '../../../src/sim/kernel/sim-kernel.js';

const SETS =
  'create web_gv4 hash:net family inet -exist\nadd web_gv4 10.0.0.1\ncreate web_gv6 hash:net family inet6 -exist\n';

function filter(...rules: readonly string[]): string {
  return ['*filter', ':INPUT DROP [0:0]', ':FORWARD DROP [0:0]', ':OUTPUT ACCEPT [0:0]', ...rules, 'COMMIT', ''].join(
    '\n',
  );
}

const RULE =
  '-A INPUT -p tcp -m set --match-set web_gv4 src -m tcp --dport 22 -m comment --comment "it\\"s ssh" -j ACCEPT';

describe('SimKernel', () => {
  it('loads a ruleset and prints it chain by chain', () => {
    const kernel = new SimKernel();
    expect(kernel.restoreSets(SETS)).toBeUndefined();
    expect(kernel.restoreFilter('inet', filter('-A OUTPUT -j ACCEPT', RULE))).toBeUndefined();
    const saved = kernel.saveFilter('inet').split('\n');
    expect(saved.filter((line) => line.startsWith('-A'))).toEqual([RULE, '-A OUTPUT -j ACCEPT']);
    expect(saved).toContain(':INPUT DROP [0:0]');
    expect(kernel.saveFilter('inet6')).toContain(':INPUT ACCEPT');
  });

  it.each([
    ['a set that is not there', filter(RULE), "Set web_gv4 doesn't exist."],
    ['a set of the other family', filter(RULE.replace('gv4', 'gv6')), 'The protocol family of set web_gv6'],
    ['an unknown chain', filter('-A NOPE -j ACCEPT'), 'no chain NOPE'],
    ['an unknown target', filter('-A INPUT -j NOPE'), 'no chain or target NOPE'],
    ['an open quote', filter('-A INPUT -m comment --comment "open -j ACCEPT'), 'a quote is not closed'],
    ['16 ports', filter(`-A INPUT -p tcp -m multiport --dports ${'1:2,'.repeat(7)}3,4 -j ACCEPT`), 'too many ports'],
    ['no COMMIT', filter().replace('COMMIT\n', ''), 'COMMIT expected'],
    ['another table', filter().replace('filter', 'nat'), 'line 1 failed'],
    ['a line after COMMIT', `${filter()}-A INPUT -j ACCEPT`, 'no table is open'],
    ['junk', filter('destroy x'), 'unknown option destroy'],
  ])('refuses %s, and changes nothing', (name, text, error) => {
    const kernel = new SimKernel();
    if (name !== 'a set that is not there') kernel.restoreSets(SETS);
    kernel.restoreFilter('inet', filter('-A INPUT -j DROP'));
    const before = kernel.filter('inet');
    expect(kernel.restoreFilter('inet', text)).toContain(error);
    expect(kernel.filter('inet')).toBe(before);
  });

  it('takes jumps to chains that the text declares', () => {
    const kernel = new SimKernel();
    expect(
      kernel.restoreFilter('inet6', filter(':LIMIT - [0:0]', '-A INPUT -j LIMIT', '-A LIMIT -j DROP')),
    ).toBeUndefined();
    expect(kernel.saveFilter('inet6')).toMatch(/:LIMIT - \[.*\]\n-A INPUT -j LIMIT\n-A LIMIT -j DROP\nCOMMIT/);
  });

  it('destroys the sets that a text does not create, by name, up to the first that rules name', () => {
    const kernel = new SimKernel();
    kernel.restoreSets(`${SETS}create old_gv4 hash:net\ncreate stays_gv4 hash:net\ncreate gone_gv4 hash:net\n`);
    kernel.restoreFilter('inet', filter(RULE.replace('web', 'old')));
    kernel.destroySetsNotIn(SETS);
    expect([...kernel.sets.keys()]).toEqual(['web_gv4', 'web_gv6', 'old_gv4', 'stays_gv4']);
    expect(kernel.restoreSets('destroy old_gv4')).toContain('in use');
    kernel.restoreFilter('inet', filter(RULE));
    kernel.destroySetsNotIn(SETS);
    expect([...kernel.sets.keys()]).toEqual(['web_gv4', 'web_gv6']);
  });

  it('shares what hosts with the same history have', () => {
    const [one, two] = [new SimKernel(), new SimKernel()];
    for (const kernel of [one, two]) {
      kernel.restoreSets(SETS);
      kernel.restoreFilter('inet', filter(RULE));
    }
    expect(one.sets).toBe(two.sets);
    expect(one.filter('inet')).toBe(two.filter('inet'));
    one.appendRule('inet', '-A INPUT -j ACCEPT');
    expect(two.saveFilter('inet')).not.toContain('-A INPUT -j ACCEPT');
  });
});
