import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/document.js';
import {
  readRolloutPolicy,
  readStepTexts,
  RolloutPolicyError,
  stepSize,
  stepText,
  USUAL_POLICY,
} from '../../src/rollout/rollout-policy.js';

function fault(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof RolloutPolicyError) return `${error.where} ${error.message}`;
    throw error;
  }
  return 'none';
}

const LAST = { all: true };

describe('a rollout policy', () => {
  it('that says nothing is the usual one', () => {
    expect(readRolloutPolicy({})).toEqual(USUAL_POLICY);
    expect(readRolloutPolicy({ ...USUAL_POLICY })).toEqual(USUAL_POLICY);
  });

  it('keeps what it says', () => {
    const policy = {
      steps: [{ hosts: 2 }, { percent: 3, at_least: 4 }, { percent: 20 }, LAST],
      bake_keepalives: 0,
      deadline_seconds: 9,
      on_failure: 'pause',
      tolerate_percent: 7,
    } as const;
    expect(readRolloutPolicy(policy as unknown as Json)).toEqual(policy);
  });

  it.each<readonly [Json | undefined, RegExp]>([
    [undefined, /^body must be an object/],
    [null, /^body must be an object/],
    [[], /^body must be an object/],
    ['all', /^body must be an object/],
    [{ stepps: [] }, /^stepps is not known; a policy has steps, /],
    [{ steps: 'all' }, /^steps must be a list/],
    [{ steps: [] }, /^steps must have 1 to 20 steps/],
    [{ steps: [...Array<Json>(20).fill({ hosts: 1 }), LAST] }, /^steps must have 1 to 20 steps/],
    [{ steps: [{ hosts: 1 }] }, /^steps\[0\] the last step must be/],
    [{ steps: [LAST, LAST] }, /^steps\[0\] only the last/],
    [{ steps: [null, LAST] }, /^steps\[0\] must be \{"hosts": N\}/],
    [{ steps: [{}, LAST] }, /^steps\[0\] must be \{"hosts": N\}/],
    [{ steps: [{ all: false }] }, /^steps\[0\] must be \{"hosts": N\}/],
    [{ steps: [{ hosts: 1, percent: 2 }, LAST] }, /^steps\[0\] must be \{"hosts": N\}/],
    [{ steps: [{ at_least: 2 }, LAST] }, /^steps\[0\] must be \{"hosts": N\}/],
    [{ steps: [{ hosts: 0 }, LAST] }, /^steps\[0\]\.hosts must be a whole number from 1 to 1000000/],
    [{ steps: [{ hosts: 1.5 }, LAST] }, /^steps\[0\]\.hosts /],
    [{ steps: [{ hosts: '1' }, LAST] }, /^steps\[0\]\.hosts /],
    [{ steps: [{ percent: 101 }, LAST] }, /^steps\[0\]\.percent must be a whole number from 1 to 100/],
    [{ steps: [{ percent: 1, at_least: 0 }, LAST] }, /^steps\[0\]\.at_least /],
    [{ steps: [{ hosts: 3 }, { hosts: 2 }, LAST] }, /^steps\[1\] must cover at least as many/],
    [{ steps: [{ percent: 30 }, { percent: 20 }, LAST] }, /^steps\[1\] must cover at least as many/],
    [{ bake_keepalives: -1 }, /^bake_keepalives must be a whole number from 0 to 1000/],
    [{ bake_keepalives: null }, /^bake_keepalives /],
    [{ deadline_seconds: 0 }, /^deadline_seconds must be a whole number from 1 to 604800/],
    [{ on_failure: 'stop' }, /^on_failure must be "roll_back" or "pause"/],
    [{ tolerate_percent: 101 }, /^tolerate_percent must be a whole number from 0 to 100/],
  ])('%j is refused, and it is said what would be right', (value, said) => {
    expect(fault(() => readRolloutPolicy(value))).toMatch(said);
  });
});

describe('steps as the configuration writes them', () => {
  it('are read', () => {
    expect(readStepTexts(['1', '1% at least 3', '10%', 'all'])).toEqual([
      { hosts: 1 },
      { percent: 1, at_least: 3 },
      { percent: 10 },
      { all: true },
    ]);
  });

  it.each([
    [['half', 'all'], /^\[0\] must be such as/],
    [['', 'all'], /^\[0\] must be such as/],
    [['10 %', 'all'], /^\[0\] must be such as/],
    [['0', 'all'], /^\[0\]\.hosts must be/],
    [['101%', 'all'], /^\[0\]\.percent must be/],
    [['1'], /^\[0\] the last step must be/],
    [[], /^\[0\] the last step must be/],
    [[...Array<string>(20).fill('1'), 'all'], /^\[20\] there may be 1 to 20 steps/],
  ] as const)('%j is refused', (texts, said) => {
    expect(fault(() => readStepTexts(texts))).toMatch(said);
  });
});

it.each([
  [{ all: true }, 7, 7, 'all'],
  [{ hosts: 1 }, 7, 1, '1 host'],
  [{ hosts: 9 }, 7, 7, '9 hosts'],
  [{ percent: 1 }, 7, 1, '1 %'],
  [{ percent: 50 }, 7, 4, '50 %'],
  [{ percent: 1, at_least: 3 }, 7, 3, '1 % (at least 3)'],
  [{ percent: 1, at_least: 3 }, 2, 2, '1 % (at least 3)'],
  [{ percent: 10 }, 0, 0, '10 %'],
] as const)('%j of %i hosts are %i, said as %s', (step, hosts, size, said) => {
  expect([stepSize(step, hosts), stepText(step)]).toEqual([size, said]);
});
