import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const { dependencies, optionalDependencies, devDependencies } = JSON.parse(
  readFileSync('package.json', 'utf8'),
) as Package;
const all = { ...dependencies, ...optionalDependencies, ...devDependencies };

it('CONTRIBUTING says of every library what it is for, and of no other', () => {
  const section = readFileSync('CONTRIBUTING.md', 'utf8').split('\n## Libraries\n')[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1]));
  const wanted = Object.keys(all).filter((name) => !name.startsWith('@types/'));
  expect(named.filter((name) => name !== '@types/*').sort()).toEqual(wanted.sort());
});

it('every library is pinned to one release', () => {
  const loose = Object.entries(all).filter(([, version]) => !/^(npm:[^@]+@)?\d+\.\d+\.\d+$/.test(version));
  expect(loose).toEqual([]);
});
