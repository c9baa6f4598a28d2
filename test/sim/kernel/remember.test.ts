import { describe, expect, it } from 'vitest';
import { remember } from '../../../src/sim/kernel/remember.js';
import { SimKernel } from '../../../src/sim/kernel/sim-kernel.js';
import { collectGarbage, Survivors } from '../../support/collect-garbage.js';

interface State {
  readonly n: number;
}

/** What a fresh stack frame holds in registers is not counted against the memory. */
const STRAY = 3;

describe('remember', () => {
  it('computes once for a state and key, and gives the same object', () => {
    let computed = 0;
    const next = remember((state: State, key: string): State => ({ n: state.n + key.length + 0 * ++computed }));
    const state = { n: 1 };
    const first = next(state, 'ab');
    expect(first).toEqual({ n: 3 });
    expect(next(state, 'ab')).toBe(first);
    expect(computed).toBe(1);
    expect(next(state, 'abc')).toEqual({ n: 4 });
    expect(next({ n: 1 }, 'ab')).not.toBe(first);
  });

  it('holds no state of a chain but those that somebody has, though the first is still there', async () => {
    const next = remember((state: State): State => ({ n: state.n + 1 }));
    const survivors = new Survivors();
    const first = { n: 0 };
    let last: State = first;
    for (let i = 0; i < 100; i++) last = survivors.watch(next(last, 'key'));
    expect(last.n).toBe(100);
    expect(await survivors.count()).toBeLessThanOrEqual(STRAY);
    expect(first.n).toBe(0);
  });

  it('holds a result as long as somebody has the state in it, and no longer', async () => {
    let computed = 0;
    const next = remember(
      (state: State) => ({ state: { n: state.n + 1 }, said: ++computed }),
      (result) => result.state,
    );
    const survivors = new Survivors();
    const first = { n: 0 };
    let last: State = first;
    for (let i = 0; i < 100; i++) last = survivors.watch(next(last, 'key')).state;
    // The last result is held by nobody but for its state.
    await collectGarbage();
    expect(computed).toBe(100);
    const { state } = next(first, 'key');
    await collectGarbage();
    const again = computed;
    expect(next(first, 'key').state).toBe(state);
    expect(computed).toBe(again);
    expect(await survivors.count()).toBeLessThanOrEqual(STRAY);
    expect(last.n).toBe(100);
  });
});

describe('simulated kernels', () => {
  const ROUNDS = 100;
  const text = (round: number): string => `create a hash:net family inet\nadd a 10.0.0.${round}\n`;
  const rules = (round: number): string =>
    `*filter\n:INPUT DROP\n-A INPUT -m set --match-set a src -m comment --comment "${round}" -j ACCEPT\nCOMMIT\n`;

  it('leave nothing of the sets and rules they had, though a host that never changes is still at the start', async () => {
    const survivors = new Survivors();
    const [idle, busy, twin] = [new SimKernel(), new SimKernel(), new SimKernel()];
    expect(idle.restoreSets(text(0))).toBeUndefined();
    for (let round = 0; round < ROUNDS; round++) {
      for (const kernel of [busy, twin]) {
        expect(kernel.restoreSets(text(round))).toBeUndefined();
        kernel.destroySetsNotIn(text(round));
        expect(kernel.restoreFilter('inet', rules(round))).toBeUndefined();
      }
      // Shared, as it is for a fleet.
      expect(twin.sets).toBe(busy.sets);
      expect(twin.filter('inet')).toBe(busy.filter('inet'));
      survivors.watch(busy.sets);
      survivors.watch(busy.filter('inet'));
    }
    expect(await survivors.count()).toBeLessThanOrEqual(2 + STRAY);
    // What was collected in between costs nobody the sharing.
    expect([busy, twin].map((kernel) => kernel.restoreSets(text(ROUNDS)))).toEqual([undefined, undefined]);
    expect(twin.sets).toBe(busy.sets);
    expect(idle.saveSets()).toContain('10.0.0.0');
  });
});
