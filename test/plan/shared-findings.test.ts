import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RuleFinding } from '../../src/plan/rule-findings.js';
import { SharedFindings } from '../../src/plan/shared-findings.js';

function finding(document: number, index: number): RuleFinding {
  const source = { ruleset: `r${document}`, direction: 'inbound', index, comment: '' };
  return { kind: 'never', family: 'v4', source, whole: true, differs: false, lines: [] };
}

it('what groups of one document have in common is told once, whatever their order and however many are told', () => {
  const groups = fc.array(
    fc.record({
      document: fc.nat({ max: 4 }),
      indexes: fc.uniqueArray(fc.nat({ max: 5 }), { maxLength: 4 }),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(groups, fc.nat({ max: 12 }), (list, most) => {
      const plain = new Map<string, { finding: RuleFinding; groups: string[] }>();
      const shared = new SharedFindings(most);
      for (const [at, { document, indexes }] of list.entries()) {
        const name = `group${at}`;
        const rules = indexes.map((index) => finding(document, index));
        const alone = list.filter((other) => other.document === document).length === 1;
        shared.add({ id: name, name, error: null, rules }, alone);
        for (const one of rules) {
          const known = plain.get(JSON.stringify(one));
          if (known === undefined) plain.set(JSON.stringify(one), { finding: one, groups: [name] });
          else known.groups.push(name);
        }
      }
      expect(shared.told).toEqual([...plain.values()].slice(0, most));
      expect(shared.leftOff).toBe(Math.max(0, plain.size - most));
    }),
    { numRuns: 300 },
  );
});
