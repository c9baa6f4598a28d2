import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runCliInProcess } from '../support/run-cli-in-process.js';

it('the README has a link to every page of docs', () => {
  const readme = readFileSync('README.md', 'utf8');
  const pages = readdirSync('docs').filter((name) => name.endsWith('.md'));
  expect(pages.filter((name) => !readme.includes(`(docs/${name})`))).toEqual([]);
  expect(pages.length).toBeGreaterThan(20);
});

it('the README names every command', async () => {
  const table =
    /^## The command line$([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';
  const named = new Set([...table.matchAll(/`(\w+)[^`]*`/g)].map(([, name]) => name));
  const { out: help } = await runCliInProcess(['--help']);
  const commands = [...help.matchAll(/^ {2}([a-z]+) /gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'help');
  expect(commands.filter((name) => !named.has(name))).toEqual([]);
  expect(commands.length).toBeGreaterThan(20);
});
