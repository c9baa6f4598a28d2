import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { KEYS } from '../../src/config/schema.js';
import { configurationPage, metricsPage } from './generated-pages.js';

it.each([
  ['docs/configuration.md', configurationPage],
  ['docs/metrics-reference.md', metricsPage],
])('%s is what the code says', (file, page) => {
  if (process.env['UPDATE_DOCS'] !== undefined) writeFileSync(file, page());
  expect(readFileSync(file, 'utf8')).toBe(page());
});

it('the configuration page has a heading for every key', () => {
  const headings = new Set([...configurationPage().matchAll(/^### (\S+)$/gm)].map(([, key]) => key));
  expect([...KEYS.keys()].filter((key) => !headings.has(key))).toEqual([]);
});
