import { describe, expect, it } from 'vitest';
import { RateWindow, type Rate } from '../../src/rates/rate-window.js';

function setUp(most: number) {
  const over: [beyond: number, agoMs: number][] = [];
  const window = new RateWindow({ most, lengthMs: 1000, ended: (...what) => over.push(what) });
  const add = (...times: number[]): readonly Rate[] => times.map((now) => window.add(now));
  return { over, window, add };
}

describe('a window of events', () => {
  it('tells the first event too many from later ones, and forgets them when it ends', () => {
    const { add, over } = setUp(2);
    expect(add(5000, 5001, 5002, 5999, 6000)).toEqual(['within', 'within', 'first_beyond', 'beyond', 'within']);
    expect(over).toEqual([[2, 0]]);
  });

  it('begins with an event, not by the clock, and says how long it goes on', () => {
    const { add, over, window } = setUp(1);
    expect(window.leftMs(0)).toBe(0);
    add(900);
    expect([window.leftMs(900), window.leftMs(1500), window.leftMs(9000)]).toEqual([1000, 400, 0]);
    expect(add(1899, 9000)).toEqual(['first_beyond', 'within']);
    expect(over).toEqual([[1, 7100]]);
  });

  it('tells of a window that stayed within its limit, too', () => {
    const { add, over } = setUp(5);
    add(0, 1000);
    expect(over).toEqual([[0, 0]]);
  });

  it('begins anew when the clock was set back', () => {
    const { add, over, window } = setUp(1);
    expect(add(1_000_000, 10, 11)).toEqual(['within', 'within', 'first_beyond']);
    expect([over, window.leftMs(11)]).toEqual([[[0, 0]], 999]);
  });
});
