import { describe, expect, it } from 'vitest';
import { FloodWatch } from '../../src/host/flood-watch.js';

function reports(watch: FloodWatch, count: number, fromMs: number, everyMs: number): number {
  return Array.from({ length: count }, (_, n) => watch.see(fromMs + n * everyMs)).filter(Boolean).length;
}

describe('a flood of reports', () => {
  it('is none when an agent reports as agents do', () => {
    const watch = new FloodWatch();
    expect(reports(watch, 1000, 0, 5000)).toBe(0);
    expect(watch.found).toBe(false);
  });

  it('is noticed once, however long it lasts, and once more when it comes again', () => {
    const watch = new FloodWatch();
    expect(reports(watch, 6000, 0, 100)).toBe(1);
    expect(watch.found).toBe(true);
    // Calm for a few minutes.
    expect(reports(watch, 5, 700_000, 60_000)).toBe(0);
    expect(watch.found).toBe(false);
    expect(reports(watch, 6000, 2_000_000, 100)).toBe(1);
  });
});
