import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { POLICY_TABLES } from '../../src/model/document.js';
import { RESOURCE_NAMES, RESOURCES, TABLES } from '../../src/resources/resources.js';

describe('the declarations of resources', () => {
  it('stand in the table under their own names, and every table of policy has one', () => {
    expect(Object.entries(TABLES).map(([key, { name }]) => [key, name])).toEqual(
      Object.keys(TABLES).map((key) => [key, key]),
    );
    expect(Object.keys(TABLES).sort()).toEqual([...POLICY_TABLES]);
  });

  it('are listed in alphabetical order, the ten tables without ipset', () => {
    expect(RESOURCE_NAMES).toEqual(POLICY_TABLES.filter((table) => table !== 'ipset'));
  });

  it.each([...RESOURCES.values()])('$name: every field that documents are looked up by has an index', (one) => {
    const fields = [
      'name',
      ...one.uniqueOn.v1,
      ...one.uniqueOn.v2,
      ...(one.alsoFoundBy ? [one.alsoFoundBy.field] : []),
    ];
    expect(one.indexes).toEqual(expect.arrayContaining(fields));
  });

  it.each([...RESOURCES.values()])('$name: built-in documents are among the built-in ids', ({ builtins }) => {
    const { ids, documents } = builtins ?? { ids: [], documents: new Map() };
    expect(ids).toEqual(expect.arrayContaining([...documents.keys()]));
  });
});

it('nobody else asks which resource it is', () => {
  const root = new URL('../../src/', import.meta.url).pathname;
  const names = POLICY_TABLES.join('|');
  const asks = new RegExp(`\\b(?:name|resource|table|tbl)\\b\\)? [!=]== '(?:${names})'|case '(?:${names})':`);
  const found = ['http', 'world', 'store', 'transfer', 'actors/watching']
    .flatMap((room) =>
      readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map((file) => join(room, file)),
    )
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, index) => (asks.test(line) ? [`src/${file}:${index + 1}: ${line.trim()}`] : [])),
    );
  expect(found).toEqual([]);
});
