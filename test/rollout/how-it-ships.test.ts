import { expect, it } from 'vitest';
import { howItShips } from '../../src/actors/groups/how-it-ships.js';
import type { Rollout } from '../../src/rollout/rollout.js';
import { ended, paused, promoted, rollbackBlocked, rolledBack, stepBegun } from '../../src/rollout/transitions.js';
import { BASE, CANDIDATE, makeRollout } from './make-rollout.js';

const BY = { kind: 'operator', why: 'lunch', author: 'ann' } as const;
const planned = makeRollout();
const rolling = stepBegun(planned, ['a'], 101);
const promoting = promoted(rolling, 102);
const back = rolledBack(rolling, 'no', 103);

/** What becomes of: a newer edit, the change itself, what the group had before. */
const cases: readonly (readonly [string, Rollout | undefined, readonly [string, string, string]])[] = [
  ['none', undefined, ['in_steps', 'in_steps', 'at_once']],
  ['planned', planned, ['in_steps', 'held', 'withdrawn']],
  ['rolling', rolling, ['in_steps', 'held', 'withdrawn']],
  ['paused while planned', paused(planned, BY, 104), ['in_steps', 'held', 'withdrawn']],
  ['paused while rolling', paused(rolling, BY, 104), ['in_steps', 'held', 'withdrawn']],
  ['promoting', promoting, ['held', 'held', 'withdrawn']],
  ['paused while promoting', paused(promoting, BY, 104), ['held', 'held', 'withdrawn']],
  ['rolling back', back, ['held', 'held', 'held']],
  ['blocked', rollbackBlocked(back, [], 104), ['in_steps', 'held', 'held']],
  ['rolled back', ended(back, 'rolled_back', null, 105), ['in_steps', 'held', 'withdrawn']],
  ['done', ended(promoting, 'done', null, 105), ['in_steps', 'in_steps', 'at_once']],
  ['superseded', ended(rolling, 'superseded', null, 105), ['in_steps', 'in_steps', 'at_once']],
];

it.each(cases)('while the rollout of the group is %s', (_state, rollout, wanted) => {
  const of = (made: string) => howItShips({ made, given: BASE.id, rollout, inSteps: true });
  expect([of('newer'), of(CANDIDATE.id), of(BASE.id)]).toEqual(wanted);
});

it.each([
  ['the first ruleset of a group', { given: undefined }],
  ['a group whose changes do not go in steps', { inSteps: false }],
  ['what the group has', { made: 'same', given: 'same' }],
])('%s goes to all at once', (_what, change) => {
  const shipping = { made: 'newer', given: BASE.id, rollout: undefined, inSteps: true };
  expect(howItShips({ ...shipping, ...change })).toBe('at_once');
});
