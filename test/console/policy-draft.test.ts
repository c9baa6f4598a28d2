import { describe, expect, it } from 'vitest';
import { draftOf, readDraft } from '../../src/console/pages/rollouts/policy-draft.js';
import { USUAL_POLICY } from '../../src/rollout/rollout-policy.js';

describe('a rollout policy as it is typed', () => {
  const usual = draftOf(USUAL_POLICY);

  it('is the policy that it came from', () => {
    expect(usual.steps).toEqual(['1', '1% at least 3', '10%', '50%', 'all']);
    expect(readDraft(usual)).toEqual({ policy: USUAL_POLICY });
  });

  it('may have blanks and capitals', () => {
    const steps = [' 2', '10 %', 'All '];
    expect(readDraft({ ...usual, steps })).toMatchObject({
      policy: { steps: [{ hosts: 2 }, { percent: 10 }, { all: true }] },
    });
  });

  it.each([
    [{ steps: ['1', 'some', 'all'] }, ['1']],
    [{ steps: ['1', '0%', 'all'] }, ['1']],
    [{ steps: ['10', '5', 'all'] }, ['1']],
    [{ steps: ['1', '50%'] }, ['1']],
    [{ steps: [] }, ['0']],
    [{ bake_keepalives: '' }, ['bake_keepalives']],
    [{ bake_keepalives: '-1', tolerate_percent: '101' }, ['bake_keepalives', 'tolerate_percent']],
    [{ deadline_seconds: '0', steps: ['all', 'all'] }, ['0', 'deadline_seconds']],
  ])('names each field that is wrong: %j', (part, wrong) => {
    const read = readDraft({ ...usual, ...part });
    expect('faults' in read && Object.keys(read.faults).sort()).toEqual(wrong);
  });
});
