import { expect, it } from 'vitest';
import { ConfirmTimes } from '../../src/broker/confirm-times.js';

it('knows nothing before the first', () => {
  expect(new ConfirmTimes().figures()).toEqual({ count: 0, p50_ms: null, p99_ms: null, max_ms: null });
});

it('counts all, and tells of the times of the last thousand', () => {
  const times = new ConfirmTimes();
  for (let put = 0; put < 500; put += 1) times.add(1e6);
  for (let ms = 1; ms <= 1000; ms += 1) times.add(ms);
  expect(times.figures()).toEqual({ count: 1500, p50_ms: 500, p99_ms: 990, max_ms: 1000 });
});

it('is right with few', () => {
  const times = new ConfirmTimes();
  times.add(2.00049);
  expect(times.figures()).toEqual({ count: 1, p50_ms: 2, p99_ms: 2, max_ms: 2 });
  times.add(1);
  expect(times.figures()).toMatchObject({ p50_ms: 1, p99_ms: 2, max_ms: 2 });
});
