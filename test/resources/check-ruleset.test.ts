import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkRules } from '../../src/firewall/rules/check-rules.js';
import { finish } from '../../src/firewall/finish.js';
import type { Document, Json } from '../../src/model/document.js';
import { canonicalText } from '../../src/model/validate.js';
import { checkRuleset } from '../../src/resources/checks/check-ruleset.js';
import { faultPathOf } from '../../src/resources/checks/rule-findings.js';
import { loadRuleLookups } from '../../src/resources/checks/rule-lookups.js';
import type { CheckNeeds } from '../../src/resources/resource.js';
import { makeRule } from '../support/make-policy.js';

const tables: Record<string, readonly Document[]> = {
  group: [{ id: 'a', name: 'a' }],
  zone: [{ id: 'b', name: 'b' }],
  service: [{ id: 'a', name: 'ssh', services: [{ protocol: 'tcp', ports: ['22'] }] }],
};

function needs(accepts: boolean, waits: boolean): CheckNeeds {
  const get = (table: string, id: string) => tables[table]?.find((doc) => doc.id === id);
  return {
    list: async (table) => tables[table] ?? [],
    find: async () => [],
    get: waits ? async (table, id) => get(table, id) : get,
    gather: () => {
      throw new Error('not asked');
    },
    dialect: () => 'dog2',
    unsetTables: true,
    keepsSecurityGroups: false,
    acceptsUnknown: () => accepts,
    run: async (work) => finish(work),
  };
}

const anId = fc.constantFrom('a', 'b', 'nobody');
const aRule: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({
        group: anId,
        service: anId,
        group_type: fc.constantFrom('ANY', 'ROLE', 'ZONE'),
        comment: fc.constantFrom('', 'x', 'two\nlines'),
      })
      .map((fields): Json => makeRule(fields)),
  },
  { weight: 1, arbitrary: fc.constantFrom<Json>({ action: 'ACCEPT' }, 'no rule', null) },
);
const rules = fc.array(aRule, { maxLength: 6 });

/** An edit keeps most of what is stored, in its place or another. */
const edited = fc.tuple(rules, rules, fc.nat(6), fc.nat(6)).map(([before, more, from, to]) => ({
  before,
  after: [...before.slice(0, from), ...more, ...structuredClone(before.slice(to))],
}));

it('what is not changed is not looked at, and nothing else comes out of it', async () => {
  await fc.assert(
    fc.asyncProperty(edited, edited, fc.boolean(), fc.boolean(), async (inbound, outbound, accepts, waits) => {
      const stored = { inbound: inbound.before, outbound: outbound.before };
      const now = { inbound: inbound.after, outbound: outbound.after };
      const { finding, warnings } = await checkRuleset(
        { rules: now },
        { id: 'r', name: 'r', rules: stored },
        needs(accepts, waits),
      );
      // All rules looked at, and then those that are stored left out.
      const all = checkRules(now, {
        lookups: await loadRuleLookups(needs(accepts, waits)),
        dialect: 'dog2',
        unsetTables: true,
        anyIsEveryone: accepts,
        stored,
      });
      const place = ({ rule }: (typeof all)[number]) => `${rule?.direction} ${rule?.index}`;
      const incomplete = new Set(all.filter(({ kind, value }) => kind === 'shape' && value === undefined).map(place));
      const isStored = ({ rule }: (typeof all)[number]) =>
        rule !== null &&
        stored[rule.direction].some(
          (one) => canonicalText(one) === canonicalText(now[rule.direction][rule.index] as Json),
        );
      const fresh = all
        .filter((fault) => fault.kind === 'reference' || !incomplete.has(place(fault)))
        .filter((fault) => !isStored(fault));
      const isWarning = ({ kind }: (typeof all)[number]) => accepts && kind === 'reference';
      const first = fresh.find((fault) => !isWarning(fault));
      expect(finding?.violation.path).toEqual(first && faultPathOf(first));
      expect(finding?.violation.reason).toEqual(first?.reason);
      expect((finding?.more as { faults?: readonly Json[] } | undefined)?.faults ?? []).toHaveLength(
        fresh.filter((fault) => !isWarning(fault)).length,
      );
      expect((warnings ?? []).map(({ path }) => path)).toEqual(fresh.filter(isWarning).map(faultPathOf));
    }),
    { numRuns: 300 },
  );
});
