import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { serverTopology } from '../../src/broker/topology.js';
import { KEYS } from '../../src/config/schema.js';
import { HOST_EVENTS, HOST_STATES, TRANSITIONS } from '../../src/host/host-state.js';
import { OLD_COUNTERS, OLD_GAUGES } from '../../src/metrics/definitions.js';
import { OWN_TABLES } from '../../src/model/document.js';
import { INDEXED_FIELDS } from '../../src/store/indexed-fields.js';
import { AUDIT, COMMITS, LOCKS } from '../../src/store/rethinkdb/prepare-database.js';
import { MAX_EXTRA_BYTES, REPORT_FIELDS } from '../../src/wire/messages/report-fields.js';
import { tableUnder } from './markdown.js';

function page(name: string): string {
  return readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8');
}
function rows(name: string, heading: string): readonly (readonly string[])[] {
  return tableUnder(page(name), heading);
}
function code(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
}

it('what becomes of a host is what the page says', () => {
  const said = rows('host-lifecycle', 'States').map(([state = '', ...cells]) => [
    state,
    ...cells.map((cell) => {
      const [to = '', mail] = cell.split(', mail ');
      return { to: to === 'stays' ? state : to, ...(mail === undefined ? {} : { mail }) };
    }),
  ]);
  const done = HOST_STATES.map((state) => [
    state,
    ...HOST_EVENTS.map((event) => {
      const { to, mail } = TRANSITIONS[state][event];
      return { to, ...(mail === undefined ? {} : { mail }) };
    }),
  ]);
  expect(said).toEqual(done);
});

it('the exchanges are those of the page', () => {
  const said = rows('protocol', 'Exchanges and queues').map(([name = '', type, durable]) => ({
    name: code(name)[0],
    type,
    durable: durable === 'yes',
  }));
  expect(said).toEqual(expect.arrayContaining([...serverTopology.exchanges]));
});

it('the bounds of reports are those of the page', () => {
  const said = new Map(
    rows('protocol', 'What is refused').map(([field = '', most = '']) => [code(field)[0] ?? field, most]),
  );
  const bytes = (text: string): number => {
    const [, number = '', unit] = /([\d,]+) (bytes|KiB)/.exec(text) ?? [];
    return Number(number.replaceAll(',', '')) * (unit === 'KiB' ? 1024 : 1);
  };
  for (const [field, rule] of Object.entries(REPORT_FIELDS)) {
    const most = said.get(field) ?? said.get(/hash/.test(field) ? 'the hashes' : 'other texts') ?? '';
    expect(bytes(most), field).toBe(rule.maxBytes);
    if (rule.maxItems !== undefined)
      expect(most, field).toMatch(new RegExp(`^${rule.maxItems.toLocaleString('en')} (items|members),`));
  }
  expect(bytes(said.get('all fields that this page does not name') ?? '')).toBe(MAX_EXTRA_BYTES);
});

it('the metrics that scrapers know are those of the page', () => {
  const said = (heading: string) => [...new Set(rows('metrics', heading).flatMap(([name = '']) => code(name)))].sort();
  expect(said('Counters that scrapers know')).toEqual(Object.keys(OLD_COUNTERS).sort());
  expect(said('Gauges that scrapers know')).toEqual(Object.keys(OLD_GAUGES).sort());
});

it('the indexes of policy are those of the page', () => {
  const said = Object.fromEntries(
    rows('rethinkdb', 'The database').flatMap(([tables = '', fields = '']) =>
      tables.split(', ').map((table) => [table, fields.split(', ')]),
    ),
  );
  const { token: _ours, ...policy } = INDEXED_FIELDS;
  expect(said).toEqual(policy);
});

it('the tables of our own are those of the page', () => {
  const [, said = ''] = /^Our own tables: (.+?)\. Documents/ms.exec(page('rethinkdb')) ?? [];
  expect([...code(said)].sort()).toEqual([...OWN_TABLES, AUDIT, COMMITS, LOCKS].sort());
});

it('the keys of the configuration that pages name are there', () => {
  const known = new Set(KEYS.keys());
  const groups = new RegExp(`^(${[...new Set([...known].map((key) => key.split('.')[0]))].join('|')})\\.[a-z_.]+$`);
  const names = ['protocol', 'http-api', 'rulesets', 'host-lifecycle', 'metrics', 'rethinkdb', 'promises', 'security'];
  const unknown = names.flatMap((name) =>
    // An alarm's id looks like a key.
    code(page(name).replace(/```.*?```|\balarm\s+`[^`]+`/gs, ''))
      .map((text) => text.split(':')[0] as string)
      .filter((text) => groups.test(text) && !known.has(text))
      .map((text) => `docs/${name}.md: ${text}`),
  );
  expect(unknown).toEqual([]);
});
