import type { Bench } from './bench.js';

/** All of them, in the order of the page; loaded only when they run. */
export const BENCHES: readonly (() => Promise<Bench>)[] = [
  async () => (await import('./rows/sets.js')).SETS,
  async () => (await import('./rows/scale.js')).SCALE,
  async () => (await import('./rows/soak.js')).SOAK,
];
