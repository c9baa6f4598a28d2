import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Document } from '../../src/model/document.js';
import { isLive, type Rollout, ROLLOUT_STATES } from '../../src/rollout/rollout.js';
import { rolloutFromDoc, rolloutToDoc } from '../../src/rollout/rollout-doc.js';
import type { RolloutPolicy } from '../../src/rollout/rollout-policy.js';
import { BASE, CANDIDATE, makeRollout } from './make-rollout.js';

const time = fc.nat({ max: 2_000_000_000 });
function maybe<T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(of, { nil: null });
}
const keys = fc.array(fc.string(), { maxLength: 5 });
const text = fc.string();

const policy: fc.Arbitrary<RolloutPolicy> = fc.record({
  steps: fc
    .nat({ max: 4 })
    .map((count) => [
      ...Array.from({ length: count }, (_, i) =>
        i % 2 === 0 ? { percent: i + 1, at_least: i + 2 } : { hosts: i + 1 },
      ),
      { all: true } as const,
    ]),
  bake_keepalives: fc.nat({ max: 1000 }),
  deadline_seconds: fc.integer({ min: 1, max: 604_800 }),
  on_failure: fc.constantFrom('roll_back' as const, 'pause' as const),
  tolerate_percent: fc.nat({ max: 100 }),
});

const rollouts: fc.Arbitrary<Rollout> = fc
  .record({
    id: text,
    groupId: text,
    groupName: text,
    number: fc.integer({ min: 1, max: 1e6 }),
    state: fc.constantFrom(...ROLLOUT_STATES),
    policy,
    compiledAt: time,
    baseCompiledAt: time,
    steps: fc.array(fc.record({ hosts: keys, confirmedAt: maybe(time), doneAt: maybe(time) }), { maxLength: 4 }),
    returning: keys,
    promotedAt: maybe(time),
    returnedAt: maybe(time),
    pause: maybe(
      fc.record({
        kind: fc.constantFrom('operator' as const, 'failed' as const, 'guard' as const, 'blind' as const),
        why: text,
        author: text,
        at: time,
        from: fc.constantFrom('planned' as const, 'rolling' as const, 'promoting' as const),
      }),
    ),
    why: maybe(text),
    failed: fc.array(
      fc.record({ hostkey: text, name: text, status: fc.constantFrom('differs' as const, 'silent' as const) }),
      { maxLength: 3 },
    ),
    hurry: maybe(fc.record({ author: text, reason: text })),
    author: text,
    reason: maybe(text),
    override: maybe(text),
    plan: maybe(text),
    createdAt: time,
    changedAt: time,
    endedAt: maybe(time),
    reconnectProof: fc.boolean(),
  })
  .map((fields) => {
    // What stands still, and that alone, says why.
    const usual = { kind: 'operator', why: '', author: '', at: 0, from: 'rolling' } as const;
    return makeRollout({ ...fields, pause: fields.state === 'paused' ? (fields.pause ?? usual) : null });
  });

/** What the store gives back: JSON. */
function stored(rollout: Rollout): Document {
  return JSON.parse(JSON.stringify(rolloutToDoc(rollout))) as Document;
}

it('a live rollout reads back as it was written, whatever is in it', () => {
  fc.assert(
    fc.property(rollouts, (rollout) => {
      fc.pre(isLive(rollout));
      expect(rolloutFromDoc(stored(rollout), CANDIDATE, BASE)).toEqual(rollout);
    }),
  );
});

it('of one that is over the hosts are only counted, and all else reads back', () => {
  fc.assert(
    fc.property(rollouts, (rollout) => {
      fc.pre(!isLive(rollout));
      const doc = stored(rollout);
      expect((doc['steps'] as readonly Document[]).map(({ count }) => count)).toEqual(
        rollout.steps.map(({ hosts }) => hosts.length),
      );
      const read = rolloutFromDoc(doc, CANDIDATE, BASE);
      expect(read).toEqual({
        ...rollout,
        returning: [],
        steps: rollout.steps.map((step) => ({ ...step, hosts: [], count: step.hosts.length })),
      });
      // One that is superseded after a restart is written again.
      expect(read === undefined ? undefined : stored(read)).toEqual(doc);
    }),
  );
});

it.each([
  ['a state that is none', { state: 'resting' }],
  ['no group', { group_id: 7 }],
  ['no number', { number: '1' }],
])('a row with %s is none', (_what, change) => {
  expect(rolloutFromDoc({ ...stored(makeRollout()), ...change }, CANDIDATE, BASE)).toBeUndefined();
});
