import { expect, it } from 'vitest';
import { takeOver } from '../../src/actors/links/external-row.js';
import { LinkBook } from '../../src/actors/links/link-book.js';
import type { Document } from '../../src/model/document.js';
import type { Self } from '../../src/otp/index.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { linkTo } from '../support/linked-servers.js';

const NONE = { groups: {}, zones: {} };
const INTERVAL_MS = 1000;

function bookOf(links: readonly Document[], externals: readonly Document[] = []) {
  const rows = new Map<string, Map<string, Document>>([
    ['link', new Map(links.map((row) => [row.id, row]))],
    ['external', new Map(externals.map((row) => [row.id, row]))],
  ]);
  let now = 0;
  const world = { ready: true, rows: (table: string) => rows.get(table) ?? new Map<string, Document>() };
  const book = new LinkBook({ clock: { monotonic: () => now }, world, intervalMs: INTERVAL_MS });
  return { book, links: rows.get('link'), pass: (ms: number) => void (now += ms) };
}

function link(name: string, more: Partial<Document> = {}): Document {
  return { ...linkTo(name, 1, { direction: 'inbound' }), ...more, id: `l-${name}` };
}

it('publishing waits for links that were not heard, and for none that is made once all were', () => {
  const { book, links } = bookOf([link('q1'), link('q2', { enabled: false }), link('q3', { direction: 'outbound' })]);
  expect(book.waiting()).toEqual(['q1']);
  links?.set('l-q4', link('q4'));
  expect(book.waiting()).toEqual(['q1', 'q4']);
  book.entry('l-q1').heard = true;
  book.entry('l-q4').heard = true;
  expect(book.waiting()).toEqual([]);
  links?.set('l-q5', link('q5'));
  expect(book.waiting()).toEqual([]);
});

it('publishing waits until what a disabled link brought is out of service, three intervals at most', () => {
  const external: Document = { id: 'e', name: 'q1', state: 'active' };
  const { book, pass } = bookOf([link('q1', { enabled: false })], [external]);
  expect(book.waiting()).toEqual(['q1']);
  pass(3 * INTERVAL_MS - 1);
  expect(book.waiting()).toEqual(['q1']);
  pass(1);
  expect(book.waiting()).toEqual([]);
  expect(bookOf([link('q1', { enabled: false })], [{ ...external, state: 'inactive' }]).book.waiting()).toEqual([]);
});

it.each([
  ['is disabled', { enabled: false }],
  ['is outbound now', { direction: 'outbound' }],
  ['has another name', { name: 'q9' }],
])('a link that %s by the time its sets are written takes nothing over', async (_what, change) => {
  const store = await createSqliteStore({ path: ':memory:' });
  const row = link('q1');
  const written = await store.commit([{ op: 'create', table: 'link', doc: { ...row, ...change } }], { author: 'test' });
  const id = written.ok ? (written.stored[0]?.doc.id ?? '') : '';
  const quiet = { info: () => undefined, warn: () => undefined };
  const needs = { store, clock: { now: () => 0 }, world: { rows: () => new Map<string, Document>() }, log: quiet };
  const self = { signal: new AbortController().signal } as Self;
  const by = { author: 'system', audit: false } as const;
  expect(await takeOver(self, needs as never, { id, name: 'q1' }, { v4: NONE, v6: NONE, ec2: {} }, by)).toBe(false);
  expect(await store.list('external')).toEqual([]);
  await store.close();
});
