import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { COUNTERS, GAUGES, OWN_HISTOGRAMS } from '../../src/metrics/definitions.js';

it('every figure that is declared is counted or set somewhere', () => {
  const text = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== join('metrics', 'definitions.ts'))
    .map((name) => readFileSync(join('src', name), 'utf8'))
    .join('\n');
  const declared = Object.keys({ ...COUNTERS, ...GAUGES, ...OWN_HISTOGRAMS });
  expect(declared.filter((name) => !text.includes(`'${name}'`))).toEqual([]);
});
