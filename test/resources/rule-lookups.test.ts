import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkRules } from '../../src/firewall/rules/check-rules.js';
import type { Document } from '../../src/model/document.js';
import { loadRuleLookups, lookupsOfRules } from '../../src/resources/checks/rule-lookups.js';
import { makeRule } from '../support/make-policy.js';

const IDS = ['a', 'b', 'c', 'any', 'self', 'all-active', ''];
const anId = fc.constantFrom(...IDS);
const someDocs = fc.uniqueArray(anId, { maxLength: 5 });
const someRules = fc.array(
  fc.record({ group: anId, service: anId, group_type: fc.constantFrom('ANY', 'ROLE', 'GROUP', 'ZONE') }),
  { maxLength: 8 },
);

it('rules are found fault with the same, whether whole tables are read or just what they name', async () => {
  await fc.assert(
    fc.asyncProperty(someDocs, someDocs, someDocs, someRules, async (groups, zones, services, rules) => {
      const tables: Record<string, readonly Document[]> = {
        group: groups.map((id) => ({ id, name: `group ${id}` })),
        zone: zones.map((id) => ({ id, name: `zone ${id}` })),
        service: services.map((id) => ({ id, name: id, services: [{ protocol: 'tcp', ports: ['22'] }] })),
      };
      const needs = {
        list: async (table: string) => tables[table] ?? [],
        get: async (table: string, id: string) => tables[table]?.find((doc) => doc.id === id),
      };
      const policy = { inbound: rules.map(makeRule), outbound: rules.map(makeRule) };
      const faults = (lookups: Awaited<ReturnType<typeof loadRuleLookups>>) =>
        checkRules(policy, { lookups, dialect: 'dog2', unsetTables: true });
      expect(faults(await lookupsOfRules(needs, policy))).toEqual(faults(await loadRuleLookups(needs)));
    }),
  );
});

it('many names are looked up in whole tables', async () => {
  const asked: string[] = [];
  const needs = {
    list: async (table: string) => (asked.push(table), []),
    get: async () => undefined,
  };
  const inbound = Array.from({ length: 300 }, (_, i) => makeRule({ group: `zone${i}` }));
  await lookupsOfRules(needs, { inbound, outbound: [] });
  expect(asked.sort()).toEqual(['group', 'service', 'zone']);
});
