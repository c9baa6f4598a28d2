import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const PAGES = [
  ...['CONTRIBUTING.md', 'README.md', 'src/otp/README.md', 'src/firewall/README.md', 'src/resources/README.md'],
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Files and folders of the tree that a page names in backticks, placeholders such as `<name>` left out. */
function named(page: string): readonly string[] {
  return [...readFileSync(page, 'utf8').matchAll(/`((?:src|test|config|script|docs)\/[\w./*-]*)`/g)].map(
    ([, path = '']) => path,
  );
}

function exists(path: string): boolean {
  if (!path.includes('*')) return existsSync(path);
  const [directory = '', pattern = ''] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)];
  const wanted = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
  return readdirSync(directory).some((name) => wanted.test(name));
}

describe('files that pages name', () => {
  it.each(PAGES)('are there: %s', (page) => {
    expect(named(page).filter((path) => !exists(path))).toEqual([]);
  });

  it('are found in the walks of docs/architecture.md', () => {
    expect(named('docs/architecture.md').length).toBeGreaterThan(60);
  });
});
