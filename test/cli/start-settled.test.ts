import { expect, test } from 'vitest';
import { startSettled } from '../../src/cli/start-settled.js';

test.each([
  { busy: [0.1], looks: 1 },
  { busy: [1, 0.9, 0.5, 0.49], looks: 4 },
  { busy: [1], looks: 120 },
])(
  'a start is over once the loop has time to spare, at the latest after 30 seconds: $busy',
  async ({ busy, looks }) => {
    let looked = 0;
    // As busy in each look as the list says, and then as in the last of it.
    await startSettled(() => Promise.resolve(busy[Math.min(looked++, busy.length - 1)] as number));
    expect(looked).toBe(looks);
  },
);

test('with a real loop at rest it is over', async () => {
  // It keeps no process alive by itself.
  const held = setInterval(() => undefined, 50);
  await startSettled();
  clearInterval(held);
});
