import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_FILE } from '../../src/config/load.js';
import { readAhead } from '../../src/config/read-ahead.js';
import { readDefaults } from '../../src/config/read-defaults.js';
import { readYamlFile } from '../../src/config/sources.js';

const text = readFileSync(DEFAULT_FILE, 'utf8');
let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dog-test-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

test('what was read ahead is what reading the file gives, origins included', () => {
  const ahead = readAhead(text);
  expect(ahead.entries.length).toBeGreaterThan(100);
  expect(readDefaults(DEFAULT_FILE, ahead)).toEqual(readYamlFile(DEFAULT_FILE, 'default'));
  expect(readDefaults(DEFAULT_FILE, JSON.parse(JSON.stringify(ahead)) as typeof ahead)).toEqual(
    readYamlFile(DEFAULT_FILE, 'default'),
  );
});

test('a file that somebody edited since, broke, or removed, is read as it stands', () => {
  const ahead = readAhead(text);
  const path = join(directory, 'default.yaml');
  for (const edited of [text.replace('env: NOTSET', 'env: AB'), `${text}\napi: [`, '']) {
    writeFileSync(path, edited);
    expect(readDefaults(path, ahead)).toEqual(readYamlFile(path, 'default'));
  }
  rmSync(path);
  expect(readDefaults(path, ahead)).toEqual(readYamlFile(path, 'default'));
});

test('only a text with which nothing is wrong is read ahead', () => {
  expect(() => readAhead('api: [')).toThrow('well-formed');
});
