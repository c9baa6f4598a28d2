import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { StaleGroups } from '../../../src/actors/watching/stale-groups.js';
import type { GroupCast } from '../../../src/actors/groups/group-messages.js';

/** Groups as they are told, and how much is being compiled. */
function stage() {
  const told: string[] = [];
  const slices = { size: 0 };
  const groups = {
    send(id: string, { tag }: GroupCast) {
      expect(tag).toBe('recompile');
      told.push(id);
      return true;
    },
  };
  return { told, slices, stale: new StaleGroups({ groups, slices }) };
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `g${at}`);
}

test('few are told at once, in order', () => {
  const { told, stale } = stage();
  stale.add(names(32));
  expect(told).toEqual(names(32));
  expect(stale.size).toBe(0);
});

test('of many the first are told at once, the others when there is room', async () => {
  const { told, slices, stale } = stage();
  stale.add(names(100));
  expect(told).toEqual(names(32));
  slices.size = 32;
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toHaveLength(32);
  slices.size = 30;
  await vi.waitFor(() => expect(told).toHaveLength(100));
  expect(told).toEqual(names(100));
});

test('one that becomes stale again while it waits is told once; one that is gone is not told', async () => {
  const { told, stale } = stage();
  stale.add(names(100));
  stale.add(names(100).slice(50));
  stale.forget('g99');
  await vi.waitFor(() => expect(stale.size).toBe(0));
  expect(told).toEqual(names(99));
});

test('whatever comes in which order: each is told after it became stale last, unless it is gone', async () => {
  const id = fc.nat(60).map((at) => `g${at}`);
  const step = fc.oneof(
    fc.record({ add: fc.array(id, { maxLength: 60 }) }),
    fc.record({ forget: id }),
    fc.record({ compiling: fc.nat(40) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { told, slices, stale } = stage();
      /** How many were told when it became stale last. */
      const owed = new Map<string, number>();
      for (const each of steps) {
        if ('add' in each) {
          for (const one of each.add) owed.set(one, told.length);
          stale.add(each.add);
        } else if ('forget' in each) {
          owed.delete(each.forget);
          stale.forget(each.forget);
        } else {
          slices.size = each.compiling;
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      slices.size = 0;
      while (stale.size > 0) await new Promise((resolve) => setImmediate(resolve));
      for (const [one, from] of owed) expect(told.slice(from)).toContain(one);
    }),
    { numRuns: 60 },
  );
});
