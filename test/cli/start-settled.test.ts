import { afterEach, expect, test, vi } from 'vitest';
import { startSettled } from '../../src/cli/start-settled.js';

vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
}));
afterEach(() => vi.useRealTimers());

/** A loop that is as busy in each look as the list says, and then as the last of it. */
function loopOf(busy: readonly number[]) {
  let look = 0;
  return {
    eventLoopUtilization: (before?: unknown) => {
      const utilization = before === undefined ? 0 : (busy[Math.min(look++, busy.length - 1)] as number);
      return { utilization, idle: 0, active: 0 };
    },
  };
}

/** After how many milliseconds a start is over. */
async function settledAfter(busy: readonly number[]): Promise<number> {
  vi.useFakeTimers();
  const began = Date.now();
  let over: number | undefined;
  void startSettled(loopOf(busy)).then(() => (over = Date.now() - began));
  await vi.advanceTimersByTimeAsync(60_000);
  return over ?? -1;
}

test.each([
  { busy: [0.1], over: 250 },
  { busy: [1, 0.9, 0.5, 0.49], over: 1000 },
  { busy: [1], over: 30_000 },
])('a start is over once the loop has time to spare, at the latest after 30 seconds: $busy', async ({ busy, over }) => {
  expect(await settledAfter(busy)).toBe(over);
});

test('with a real loop at rest it is over, and the process may end before', async () => {
  const held = setInterval(() => undefined, 50);
  await startSettled();
  clearInterval(held);
});
