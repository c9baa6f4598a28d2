import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

it('the README has a link to every page of docs', () => {
  const readme = readFileSync('README.md', 'utf8');
  const pages = readdirSync('docs').filter((name) => name.endsWith('.md'));
  expect(pages.filter((name) => !readme.includes(`(docs/${name})`))).toEqual([]);
  expect(pages.length).toBeGreaterThan(20);
});
