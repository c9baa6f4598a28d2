import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kernelComment } from '../../../src/firewall/iptables/comment-text.js';
import { printRule } from '../../../src/firewall/iptables/print-rule.js';
import { STATES } from '../../../src/firewall/rules/connection-state.js';
import type { FirewallRule, Verdict } from '../../../src/firewall/rules/firewall-rule.js';

const TARGET: Readonly<Record<Verdict, string>> = {
  accept: 'ACCEPT',
  drop: 'DROP',
  reject: 'REJECT --reject-with icmp-port-unreachable',
  reset: 'REJECT --reject-with tcp-reset',
};

const asked = fc.record({
  states: fc.subarray([...STATES]),
  comment: fc.constantFrom('', 'ssh', 'from the office', 'say "hi"'),
  verdict: fc.constantFrom<Verdict>('accept', 'drop', 'reject', 'reset'),
  family: fc.constantFrom('v4', 'v6'),
});

describe('ends of lines, which are kept by comment', () => {
  it('are those of the rule at hand, whatever was printed before', () => {
    fc.assert(
      fc.property(fc.array(asked), (questions) => {
        for (const { states, comment, verdict, family } of questions) {
          const rule: FirewallRule = {
            direction: 'in',
            peer: { kind: 'anyone' },
            interface: null,
            packets: { protocol: 'tcp', ports: null, icmp: null },
            states,
            limit: null,
            verdict,
            comment,
          };
          const state = states.length === 0 ? '' : ` -m state --state ${states.join(',')}`;
          const said = comment === '' ? '' : ` -m comment --comment ${kernelComment(comment)}`;
          const target = family === 'v4' ? TARGET[verdict] : TARGET[verdict].replace('icmp-', 'icmp6-');
          expect(printRule(rule, family, 'kernel')).toBe(`-A INPUT -p tcp${state}${said} -j ${target}\n`);
        }
      }),
    );
  });
});
