import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignedRevision, hostsAhead, isLive, type Rollout, ROLLOUT_STATES } from '../../src/rollout/rollout.js';
import {
  activity,
  ended,
  hurried,
  isOverruled,
  paused,
  promoted,
  promotionConfirmed,
  resumed,
  rollbackBlocked,
  rolledBack,
  stepBegun,
  stepConfirmed,
  stepDone,
} from '../../src/rollout/transitions.js';
import { makeRollout } from './make-rollout.js';

const BY = { kind: 'operator', why: 'lunch', author: 'ann' } as const;
const planned = makeRollout();
const rolling = stepBegun(planned, ['a'], 101);
const promoting = promoted(stepDone(stepConfirmed(rolling, 102), 103), 104);
const back = rolledBack(rolling, 'no', 105);
const wasPaused = paused(rolling, BY, 106) as Rollout;

describe('a rollout', () => {
  it('goes through its steps', () => {
    expect(rolling).toMatchObject({ state: 'rolling', steps: [{ hosts: ['a'], confirmedAt: null, doneAt: null }] });
    const second = stepBegun(stepDone(stepConfirmed(rolling, 102), 103), ['b', 'c'], 104);
    expect(second.steps).toEqual([
      { hosts: ['a'], confirmedAt: 102, doneAt: 103 },
      { hosts: ['b', 'c'], confirmedAt: null, doneAt: null },
    ]);
    expect(hostsAhead(second)).toEqual(['a', 'b', 'c']);
    expect(promotionConfirmed(promoting, 110)).toMatchObject({ state: 'promoting', promotedAt: 110, changedAt: 110 });
    expect(ended(promoting, 'done', null, 120)).toMatchObject({ state: 'done', endedAt: 120 });
  });

  it('that is paused does afterwards what it did before', () => {
    expect(wasPaused).toMatchObject({ state: 'paused', pause: { ...BY, at: 106, from: 'rolling' } });
    expect(resumed(wasPaused, 107)).toMatchObject({ state: 'rolling', pause: null, failed: [] });
    const again = paused(wasPaused, { kind: 'blind', why: 'dark', author: 'system' }, 108);
    expect(again?.pause).toMatchObject({ kind: 'blind', from: 'rolling' });
  });

  it.each([
    ['that is being rolled back', back],
    ['that is blocked', rollbackBlocked(back, [], 106)],
    ['that is over', ended(rolling, 'done', null, 106)],
  ])('%s can not be paused, nor resumed', (_what, rollout) => {
    expect([paused(rollout, BY, 110), resumed(rollout, 110), activity(rollout)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('that nobody has is over when it is rolled back', () => {
    expect(rolledBack(planned, 'no', 105)).toMatchObject({ state: 'rolled_back', endedAt: 105, why: 'no' });
  });

  it('that only its steps have is taken back from those alone', () => {
    expect(back).toMatchObject({ state: 'rolling_back', promotedAt: null, returnedAt: 105, endedAt: null });
  });

  it.each([
    ['promoting, not confirmed', promoting, 110],
    ['promoting', promotionConfirmed(promoting, 108), 108],
    ['paused while promoting', paused(promoting, BY, 107) as Rollout, 110],
  ])('that is %s is taken back from everybody', (_what, rollout, since) => {
    expect(rolledBack(rollout, 'no', 110)).toMatchObject({ state: 'rolling_back', promotedAt: since, pause: null });
  });

  it('that is to go on in spite of all begins anew with one host where it was being taken back', () => {
    const by = { author: 'ann', reason: 'must' };
    expect(hurried(rolling, by, 110)).toMatchObject({ state: 'rolling', steps: rolling.steps, hurry: by });
    expect(hurried(wasPaused, by, 110)).toMatchObject({ state: 'rolling', pause: null, hurry: by });
    expect(hurried(back, by, 110)).toMatchObject({ state: 'planned', steps: [], returnedAt: null, hurry: by });
    expect(hurried(ended(back, 'rolled_back', null, 109), by, 110)).toBeUndefined();
  });
});

describe('which revision a host has', () => {
  it.each([
    ['planned', planned, 'group'],
    ['rolling', rolling, 'candidate'],
    ['paused', wasPaused, 'candidate'],
    ['promoting', promoting, 'candidate'],
    ['paused while promoting', paused(promoting, BY, 110) as Rollout, 'candidate'],
    ['being rolled back', back, 'group'],
    ['blocked', rollbackBlocked(back, [], 110), 'group'],
    ['done', ended(promoting, 'done', null, 110), 'group'],
    ['superseded', ended(rolling, 'superseded', null, 110), 'group'],
  ])('while its rollout is %s', (_what, rollout, which) => {
    expect(assignedRevision(rollout, 'a')).toBe(which);
    expect(assignedRevision(rollout, 'other')).toBe('group');
  });
});

it.each([
  ['rolling', rolling, true, false],
  ['promoting', promoting, false, true],
  ['paused while promoting', paused(promoting, BY, 110) as Rollout, false, true],
  ['being rolled back', back, true, false],
  ['rolled back', ended(back, 'rolled_back', null, 110), true, false],
  ['done', ended(promoting, 'done', null, 110), false, false],
])('of a rollout that is %s it is known what is not for all any more', (_what, rollout, candidate, base) => {
  expect(isOverruled(rollout, rollout.candidate.id)).toBe(candidate);
  expect(isOverruled(rollout, rollout.base.id)).toBe(base);
  expect(isOverruled(rollout, 'other')).toBe(false);
});

it('whatever is done to it, in whatever order: never a host ahead that is in no step, and over stays over', () => {
  const deeds: readonly ((rollout: Rollout, now: number) => Rollout | undefined)[] = [
    (rollout, now) =>
      rollout.state === 'planned' || rollout.state === 'rolling' ? stepBegun(rollout, [`host-${now}`], now) : undefined,
    (rollout, now) => paused(rollout, BY, now),
    resumed,
    (rollout, now) => (rollout.state === 'rolling' ? promoted(rollout, now) : undefined),
    (rollout, now) => (isLive(rollout) ? rolledBack(rollout, 'no', now) : undefined),
    (rollout, now) => hurried(rollout, { author: 'ann', reason: 'must' }, now),
    (rollout, now) => (rollout.state === 'rolling_back' ? rollbackBlocked(rollout, [], now) : undefined),
    (rollout, now) => (isLive(rollout) ? ended(rollout, 'superseded', 'a newer one', now) : undefined),
  ];
  fc.assert(
    fc.property(fc.array(fc.nat({ max: deeds.length - 1 }), { maxLength: 30 }), (order) => {
      let rollout = planned;
      order.forEach((deed, index) => {
        const before = rollout;
        rollout = deeds[deed]?.(rollout, 200 + index) ?? rollout;
        expect(ROLLOUT_STATES).toContain(rollout.state);
        expect(rollout.state === 'paused').toBe(rollout.pause !== null);
        expect(isLive(rollout)).toBe(rollout.endedAt === null);
        if (!isLive(before)) expect(rollout).toBe(before);
        const ahead = hostsAhead(rollout);
        for (const host of ['other', ...hostsAhead(before)])
          if (!ahead.includes(host)) expect(assignedRevision(rollout, host)).toBe('group');
      });
    }),
  );
});
