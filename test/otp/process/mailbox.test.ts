import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Mailbox } from '../../../src/otp/process/mailbox.js';

describe('mailbox', () => {
  it('behaves like an array queue under any mix of pushes, shifts and drains', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.constant('push') },
      { weight: 4, arbitrary: fc.constant('shift') },
      { weight: 1, arbitrary: fc.constantFrom('burst', 'empty', 'drain') },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const box = new Mailbox<number>();
        const model: number[] = [];
        let next = 0;
        const push = (): void => {
          box.push(next);
          model.push(next++);
        };
        for (const what of steps) {
          if (what === 'push') push();
          else if (what === 'burst') for (let i = 0; i < 100; i++) push();
          else if (what === 'empty') while (model.length > 0) expect(box.shift()).toBe(model.shift());
          else if (what === 'shift') expect(box.shift()).toBe(model.shift());
          else expect(box.drain()).toEqual(model.splice(0));
          expect(box.length).toBe(model.length);
        }
        expect(box.drain()).toEqual(model);
      }),
    );
  });
});
