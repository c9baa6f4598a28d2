import { describe, expect, it } from 'vitest';
import { headingsOf, linksOf, pagesNamed } from './markdown.js';

describe('the names of headings', () => {
  it('are those that GitHub gives them', () => {
    const page =
      '# Rules, and `sets`\n\n## A [link](x.md) here\n\n## It’s ok: 100 %\n\n### snake_case\n\n## snake_case\n';
    expect([...headingsOf(page)]).toEqual([
      'rules-and-sets',
      'a-link-here',
      'its-ok-100-',
      'snake_case',
      'snake_case-1',
    ]);
  });

  it('are not found inside code', () => {
    expect(headingsOf('```sh\n# a comment\n```\n')).toEqual(new Set());
  });
});

it('links are those to files, outside of code', () => {
  const page = 'See [a](a.md#b), `[no](code.md)`, [web](https://example.org/x.md).\n\n[below](#c)\n';
  expect(linksOf(page)).toEqual([
    { line: 1, path: 'a.md', heading: 'b' },
    { line: 3, path: '', heading: 'c' },
  ]);
});

it('pages are named by their path from the root', () => {
  expect(pagesNamed('// docs/a.md#b-c: why\n// https://www.erlang.org/docs/x.md, see docs/d/0001-e.md.')).toEqual([
    { line: 1, path: 'docs/a.md', heading: 'b-c' },
    { line: 2, path: 'docs/d/0001-e.md' },
  ]);
});
