import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { COUNTERS, GAUGES, OWN_HISTOGRAMS } from '../../src/metrics/definitions.js';

/** Scrapers know their names; they are right at 0 as long as no server is linked to another (docs/metrics.md). */
const LINKED_SERVERS = ['external_ipset_update', 'external_queue_add', 'ipset_outbound_publish'];

it('every figure that is declared is counted or set somewhere, but for those of linked servers', () => {
  const text = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== join('metrics', 'definitions.ts'))
    .map((name) => readFileSync(join('src', name), 'utf8'))
    .join('\n');
  const declared = Object.keys({ ...COUNTERS, ...GAUGES, ...OWN_HISTOGRAMS });
  expect(declared.filter((name) => !text.includes(`'${name}'`)).sort()).toEqual(LINKED_SERVERS);
});
