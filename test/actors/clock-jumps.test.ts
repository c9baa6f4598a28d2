import { expect, it } from 'vitest';
import { ClockJumps } from '../../src/actors/rollouts/clock-jumps.js';

it.each([
  ['as ever', 1000, 1000, false],
  ['a little late', 3000, 3000, false],
  ['after NTP moved the clock a little', 1000, 4000, false],
  ['after the wall clock jumped on', 1000, 3_601_000, true],
  ['after the wall clock jumped back', 1000, -3_599_000, true],
  ['after this process stood still', 60_000, 60_000, true],
  ['after the machine slept', 1000, 61_000, true],
] as const)('asked %s', (_what, monotonic, wall, jumped) => {
  const at = { monotonic: 0, wall: 1_000_000_000 };
  const jumps = new ClockJumps({ now: () => at.wall, monotonic: () => at.monotonic });
  at.monotonic += monotonic;
  at.wall += wall;
  expect(jumps.jumped(1000)).toBe(jumped);
  at.monotonic += 1000;
  at.wall += 1000;
  expect(jumps.jumped(1000)).toBe(false);
});
