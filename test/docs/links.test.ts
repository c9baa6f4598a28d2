import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { headingsOf, linksOf, pagesNamed, type Reference } from './markdown.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Recorded data, what is made, not written, and examples of links. */
const NOT_READ = new Set(['.git', 'node_modules', 'dist', 'coverage', 'test/golden', 'test/captures', 'test/docs']);
const TEXT = /\.(ts|mjs|cjs|js|md|yaml|sh|service|conf)$|^script\/[^.]+$/;

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (NOT_READ.has(path)) return [];
    return entry.isDirectory() ? filesIn(path) : entry.isFile() && TEXT.test(path) ? [path] : [];
  });
}

const files = filesIn('');
const pages = files.filter((path) => path.endsWith('.md'));

const headings = new Map<string, ReadonlySet<string>>();
function hasHeading(page: string, heading: string): boolean {
  const known = headings.get(page) ?? headingsOf(read(page));
  headings.set(page, known);
  return known.has(heading);
}

/** What is wrong with a reference to `page`, or nothing. */
function broken(from: string, { line, heading }: Reference, page: string): string[] {
  const at = `${from}:${line}`;
  if (!existsSync(join(ROOT, page))) return [`${at}: there is no ${page}`];
  if (heading === undefined || !page.endsWith('.md') || hasHeading(page, heading)) return [];
  return [`${at}: ${page} has no heading #${heading}`];
}

describe('links', () => {
  it('of a Markdown page lead to a file that is there, and to a heading of it', () => {
    const found = pages.flatMap((page) =>
      linksOf(read(page)).flatMap((link) =>
        broken(page, link, link.path === '' ? page : relative(ROOT, join(ROOT, dirname(page), link.path))),
      ),
    );
    expect(found).toEqual([]);
  });

  it('of comments to docs lead to a page that is there, and to a heading of it', () => {
    const named = files.flatMap((file) => pagesNamed(read(file)).map((link) => ({ file, link })));
    expect(named.length).toBeGreaterThan(100);
    expect(named.flatMap(({ file, link }) => broken(file, link, link.path))).toEqual([]);
  });
});

it('the list of decisions has every page of theirs, by its title', () => {
  const list = read('docs/decisions/README.md');
  const decisions = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => name !== 'README.md');
  const missing = decisions.filter(
    (name) => !list.includes(`[${/^# (.*)$/m.exec(read(join('docs/decisions', name)))?.[1]}](${name})`),
  );
  expect(missing).toEqual([]);
});

it('comments of the source say their rule, and cite no number that only its author knows', () => {
  const numbers =
    /\b(decisions?|points?) \d+|\(4\d\)|\b(agent-protocol|http-api|host-lifecycle|rulesets?) (section|[A-Z]\d)/;
  const found = files
    .filter((file) => file.startsWith('src/'))
    .flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((line, index) => (numbers.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
    );
  expect(found).toEqual([]);
});
