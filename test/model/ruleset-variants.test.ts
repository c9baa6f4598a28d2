import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  byHashField,
  byVariant,
  HASH_FIELDS,
  RULESET_HASH_FIELDS,
  RULESET_VARIANTS,
  variantsOfType,
} from '../../src/model/ruleset-variants.js';
import { group } from '../../src/resources/group.js';
import { stampAt } from '../../src/wire/messages/envelope.js';
import { decodeRulesPayload, encodeRulesPayload } from '../../src/wire/messages/rules-payload.js';
import { REPORT_FIELDS } from '../../src/wire/messages/report-fields.js';
import { tableUnder } from '../docs/markdown.js';

/** The names that agents, consoles and stored documents know: a change here is a change of those. */
const KNOWN = [
  ['set4', 'ipsets', 'v4', 'hash4_ipsets', 'ruleset4_ipset', 'ipsetsv4'],
  ['set6', 'ipsets', 'v6', 'hash6_ipsets', 'ruleset6_ipset', 'ipsetsv6'],
  ['unset4', 'iptables', 'v4', 'hash4_iptables', 'ruleset4_iptables', 'iptablesv4'],
  ['unset6', 'iptables', 'v6', 'hash6_iptables', 'ruleset6_iptables', 'iptablesv6'],
];

/** What stands between backticks in the first cells of a page's table, cell by cell. */
function names(page: string, heading: string): readonly (readonly string[])[] {
  const text = readFileSync(new URL(`../../docs/${page}.md`, import.meta.url), 'utf8');
  return tableUnder(text, heading).map(([cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

it('calls rulesets what agents, consoles and stored documents call them', () => {
  const rows = RULESET_VARIANTS.map(({ key, type, family, hashField, wireField, apiName }) => [
    key,
    type,
    family,
    hashField,
    wireField,
    apiName,
  ]);
  expect(rows).toEqual(KNOWN);
});

it('has the hash fields of the pages, in a report as in a group', () => {
  expect(names('protocol', 'Hashes').flat()).toEqual(HASH_FIELDS);
  expect(names('protocol', 'Report')).toContainEqual(HASH_FIELDS);
  expect(names('http-api', 'group')).toContainEqual(HASH_FIELDS);
  expect(Object.keys(REPORT_FIELDS).filter((field) => /hash/.test(field))).toEqual(HASH_FIELDS);
  const properties = Object.keys(group.schema.properties ?? {});
  expect(properties.filter((field) => /hash/.test(field))).toEqual(HASH_FIELDS);
  expect(HASH_FIELDS).toEqual([...RULESET_HASH_FIELDS, 'ipset_hash']);
});

it('has the fields of the message and the sub-resources of the pages', () => {
  const message = names('protocol', 'Ruleset').flat();
  expect(message).toEqual([...RULESET_VARIANTS.map(({ wireField }) => wireField), 'ipsets']);
  expect(names('http-api', 'Sub-resources')).toContainEqual(RULESET_VARIANTS.map(({ apiName }) => apiName));
});

it('sends each text in its own field, IPv4 before IPv6', () => {
  const texts = byVariant('wireField', ({ key }) => `the text of ${key}`);
  const body = encodeRulesPayload({ ...texts, ipsets: 'sets' }, stampAt(new Date(0)));
  expect(decodeRulesPayload(body)).toEqual({
    ruleset4_ipset: 'the text of set4',
    ruleset6_ipset: 'the text of set6',
    ruleset4_iptables: 'the text of unset4',
    ruleset6_iptables: 'the text of unset6',
    ipsets: 'sets',
  });
  const bytes = body.toString('latin1');
  const fields = ['ipsets', 'ruleset4_ipset', 'ruleset4_iptables', 'ruleset6_ipset', 'ruleset6_iptables'];
  const places = fields.map((field) => bytes.indexOf(`${String.fromCharCode(field.length)}${field}`));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

it('makes objects in its own order, one member each', () => {
  expect(Object.entries(byVariant('key', ({ family }) => family))).toEqual([
    ['set4', 'v4'],
    ['set6', 'v6'],
    ['unset4', 'v4'],
    ['unset6', 'v6'],
  ]);
  expect(Object.keys(byHashField(() => ''))).toEqual(HASH_FIELDS);
  expect(variantsOfType('ipsets').map(({ key }) => key)).toEqual(['set4', 'set6']);
  expect(variantsOfType('iptables').map(({ key }) => key)).toEqual(['unset4', 'unset6']);
});
