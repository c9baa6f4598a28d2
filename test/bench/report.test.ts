import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missedBounds } from '../../src/bench/missed-bounds.js';
import { growthPlot } from '../../src/bench/report/growth-plot.js';
import { writeReport } from '../../src/bench/report/write-report.js';
import { keepsBound, median, percentile, ratioOf, type Row } from '../../src/bench/row.js';
import type { Run } from '../../src/bench/run.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const COMPILED: Row = {
  name: 'compiled',
  unit: 'ms',
  work: [12, 10, 11],
  floor: { what: 'joined', samples: [5, 5.5, 6] },
  bound: { of: 'ratio', at: 'most', limit: 3 },
};
function grown(amount: number, ms: number): Row {
  const growth = { line: 'Start by hosts', of: 'hosts', amount };
  return { name: `with ${amount} hosts`, unit: 'ms', work: [ms], growth };
}

function runOf(...rows: readonly Row[]): Run {
  return {
    at: '2026-01-02T03:04:05.000Z',
    version: '1.2.3',
    machine: { processor: 'a | b', cores: 2, memory_gb: 8, system: 'Linux', node: 'v22' },
    benches: [{ name: 'some', title: 'Some work', rows, seconds: 1 }],
  };
}

function bounded(of: 'ratio' | 'value', at: 'most' | 'least', limit: number): Row {
  return { ...COMPILED, bound: { of, at, limit } };
}

describe('rows', () => {
  it('have medians, percentiles by nearest rank, and the ratio of medians', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(percentile([1, 2, 3, 4], 100)).toBe(4);
    expect(percentile([1, 2, 3, 4], 1)).toBe(1);
    expect(() => median([])).toThrow('there is no sample');
    expect(ratioOf(COMPILED)).toBe(2);
  });

  it('keep to bounds or miss them, both ways', () => {
    expect(keepsBound(COMPILED)).toBe(true);
    expect(keepsBound(bounded('ratio', 'most', 1.9))).toBe(false);
    expect(keepsBound(bounded('value', 'most', 11))).toBe(true);
    expect(keepsBound(bounded('value', 'least', 12))).toBe(false);
    expect(keepsBound(grown(1, 1))).toBeUndefined();
    const { floor: _none, ...bare } = COMPILED;
    expect(() => keepsBound(bare)).toThrow('needs a floor');
  });
});

describe('missedBounds', () => {
  it('names rows that miss theirs and benches that were not measured', () => {
    const missed = { ...COMPILED, name: 'slow', work: [20] };
    expect(missedBounds(runOf(COMPILED, missed))).toEqual([
      'some: slow: 20 ms; 3.64 × of 5.5 ms (5 to 6); ≤ 3 × IS MISSED',
    ]);
    const [bench] = runOf().benches;
    expect(missedBounds({ ...runOf(), benches: [{ ...bench!, failed: 'no broker' }] })).toEqual([
      'some: not measured, no broker',
    ]);
  });
});

describe('writeReport', () => {
  it('writes the page, the data and a plot per line of growth, and keeps what was written by hand', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'performance.md'), '# Old\n\n<!-- By hand from here. -->\n\n## Rejected\n\nMagic.\n');
    const run = runOf(COMPILED, grown(100, 10), grown(1000, 100));
    await writeReport(directory, run);
    expect(readdirSync(directory)).toEqual(['performance', 'performance.json', 'performance.md']);
    expect(readdirSync(join(directory, 'performance'))).toEqual(['start-by-hosts.svg']);
    const page = readFileSync(join(directory, 'performance.md'), 'utf8');
    expect(page).toContain('| compiled | 11 ms (10 to 12) | joined: 5.5 ms (5 to 6) | 2 × | ≤ 3 × |');
    expect(page).toContain('![Start by hosts](performance/start-by-hosts.svg)');
    expect(page).not.toContain('# Old');
    expect(page.trimEnd().endsWith('Magic.')).toBe(true);
    expect(JSON.parse(readFileSync(join(directory, 'performance.json'), 'utf8'))).toEqual(run);
  });

  it('is the page that is committed: written again from its data it is the same', async () => {
    const directory = temporaryDirectory();
    const run = JSON.parse(readFileSync('docs/performance.json', 'utf8')) as Run;
    writeFileSync(join(directory, 'performance.md'), readFileSync('docs/performance.md'));
    await writeReport(directory, run);
    expect(readFileSync(join(directory, 'performance.md'), 'utf8')).toBe(readFileSync('docs/performance.md', 'utf8'));
    for (const plot of readdirSync(join(directory, 'performance')))
      expect(readFileSync(join(directory, 'performance', plot), 'utf8')).toBe(
        readFileSync(join('docs/performance', plot), 'utf8'),
      );
  });
});

describe('growthPlot', () => {
  it('draws every point with its figure, and what even growth would be', () => {
    const plot = growthPlot('Start <by> hosts', [grown(1000, 100), grown(100, 10)]);
    expect(plot.match(/<circle/g)).toHaveLength(2);
    expect(plot).toContain('>10 ms<');
    expect(plot).toContain('>1,000<');
    expect(plot).toContain('Start &lt;by> hosts');
    expect(() => growthPlot('one', [grown(1, 1)])).toThrow('two different amounts');
  });
});
