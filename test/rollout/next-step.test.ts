import { describe, expect, it } from 'vitest';
import { hostOrder } from '../../src/rollout/host-order.js';
import { nextStep } from '../../src/rollout/next-step.js';
import { USUAL_POLICY } from '../../src/rollout/rollout-policy.js';

const POLICY = { ...USUAL_POLICY, steps: [{ hosts: 1 }, { percent: 50 }, { all: true }] } as const;

function next(order: number, have: number, more: Partial<Parameters<typeof nextStep>[1]> = {}, policy = POLICY) {
  const asked = { order: Array.from({ length: order }, (_, i) => i), have, well: have, reporting: order + have };
  const step = nextStep(policy, { ...asked, hurry: false, ...more });
  return step.kind === 'hosts' ? step.hosts.length : step.kind;
}

describe('who is next', () => {
  it.each([
    ['the first', 10, 0, {}, 1],
    ['up to half of them', 9, 1, {}, 4],
    ['all', 5, 5, {}, 'promote'],
    ['all, where the next step is reached already', 3, 7, {}, 'promote'],
    ['the only host', 1, 0, {}, 1],
    ['all, once the only host has it', 0, 1, {}, 'promote'],
    ['all, where nobody reports', 0, 0, { reporting: 0 }, 'promote'],
    ['nobody, where those that report can show nothing', 0, 0, { reporting: 4 }, 'nobody'],
    ['all in spite of that, where somebody wants it so', 0, 0, { reporting: 4, hurry: true }, 'promote'],
    ['one first, also in a hurry', 10, 0, { hurry: true }, 1],
    ['all, in a hurry, once one has shown it', 9, 1, { hurry: true }, 'promote'],
    ['one more, where those that have it have shown nothing', 1, 9, { well: 0 }, 1],
  ] as const)('%s', (_what, order, have, more, result) => {
    expect(next(order, have, more)).toBe(result);
  });

  it('is one host in a hurry, also where the policy begins with more', () => {
    const half = { ...USUAL_POLICY, steps: [{ percent: 50 }, { all: true }] } as const;
    expect(next(10, 0, {}, half as never)).toBe(5);
    expect(next(10, 0, { hurry: true }, half as never)).toBe(1);
  });

  it('is one host first, where changes go to all at once but are to be proven', () => {
    expect(next(10, 0, {}, { ...USUAL_POLICY, steps: [{ all: true }] } as never)).toBe(1);
  });

  it('covers everybody in a bounded number of steps, whatever the policy', () => {
    for (let hosts = 1; hosts < 300; hosts += 7) {
      let have = 0;
      for (let steps = 0; have < hosts; steps += 1) {
        expect(steps).toBeLessThan(USUAL_POLICY.steps.length);
        const size = next(hosts - have, have, {}, USUAL_POLICY as never);
        if (typeof size !== 'number') break;
        have += size;
      }
    }
  });
});

describe('the order of hosts', () => {
  const hosts = Array.from({ length: 50 }, (_, i) => ({ hostkey: `host-${i}`, canary: i % 10 === 3 }));
  const keys = (list: readonly { readonly hostkey: string }[]) => list.map(({ hostkey }) => hostkey);

  it('has canaries first, and is the same however they come', () => {
    const order = hostOrder(hosts, 'g');
    expect(order.slice(0, 5).every(({ canary }) => canary)).toBe(true);
    expect(keys(hostOrder([...hosts].reverse(), 'g'))).toEqual(keys(order));
    expect([...keys(order)].sort()).toEqual([...keys(hosts)].sort());
  });

  it('is another one for another group', () => {
    expect(keys(hostOrder(hosts, 'h'))).not.toEqual(keys(hostOrder(hosts, 'g')));
  });
});
