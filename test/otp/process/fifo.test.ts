import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fifo } from '../../../src/otp/process/fifo.js';

describe('first in, first out', () => {
  it('behaves like an array queue under any mix of pushes, shifts and drains', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.constant('push') },
      { weight: 4, arbitrary: fc.constant('shift') },
      { weight: 1, arbitrary: fc.constantFrom('burst', 'empty', 'drain', 'odd ones') },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const fifo = new Fifo<number>();
        const model: number[] = [];
        let next = 0;
        const push = (): void => {
          fifo.push(next);
          model.push(next++);
        };
        for (const what of steps) {
          if (what === 'push') push();
          else if (what === 'burst') for (let i = 0; i < 100; i++) push();
          else if (what === 'empty') while (model.length > 0) expect(fifo.shift()).toBe(model.shift());
          else if (what === 'shift') expect(fifo.shift()).toBe(model.shift());
          else if (what === 'odd ones') {
            expect(fifo.takeWhere((item) => item % 2 === 1)).toEqual(model.filter((item) => item % 2 === 1));
            model.splice(0, Infinity, ...model.filter((item) => item % 2 === 0));
          } else expect(fifo.drain()).toEqual(model.splice(0));
          expect(fifo.length).toBe(model.length);
          for (const at of [0, 1, model.length - 1, model.length]) expect(fifo.at(at)).toBe(model[at]);
        }
        expect(fifo.drain()).toEqual(model);
      }),
    );
  });
});
