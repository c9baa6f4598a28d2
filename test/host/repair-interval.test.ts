import { expect, it } from 'vitest';
import { repairIntervalSeconds } from '../../src/host/repair-interval.js';

it('keeps its pace for the first repairs, then takes twice as long each time, up to a bound', () => {
  const seconds = [...Array(13).keys()].map((done) => repairIntervalSeconds(60, done));
  expect(seconds).toEqual([60, 60, 60, 60, 60, 60, 120, 240, 480, 960, 1920, 1920, 1920]);
});
