import { expect, it, onTestFinished } from 'vitest';
import { RulesetOutputs } from '../../../src/actors/groups/ruleset-outputs.js';
import type { Document } from '../../../src/model/document.js';
import { rolloutsPort, type RolloutsPortNeeds } from '../../../src/operations/rollouts/rollouts-port.js';
import { rolloutFromDoc, rolloutToDoc } from '../../../src/rollout/rollout-doc.js';
import type { Rollout } from '../../../src/rollout/rollout.js';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';
import { makeRollout } from '../../rollout/make-rollout.js';

const OVER = makeRollout({
  id: 'g.1',
  state: 'done',
  steps: [
    { hosts: ['a'], confirmedAt: 101, doneAt: 110 },
    { hosts: ['b', 'c'], confirmedAt: 111, doneAt: 120 },
  ],
  promotedAt: 121,
  endedAt: 130,
});
const LIVE = makeRollout({ id: 'g.2', number: 2, createdAt: 200, state: 'rolling' });

/** A store that has rollouts, and none of their texts. */
async function portWith(rollouts: readonly Rollout[], known: readonly Rollout[]) {
  const store = await createSqliteStore({ path: ':memory:' });
  onTestFinished(() => store.close());
  for (const rollout of rollouts) {
    const doc: Document = rolloutToDoc(rollout);
    await store.commit([{ op: 'upsert', table: 'rollout', id: doc.id, edit: () => doc }], { author: 'test' });
  }
  const outputs = new RulesetOutputs();
  for (const rollout of known) outputs.rollouts.set(rollout);
  const world: RolloutsPortNeeds['world'] = {
    rows: () => new Map(),
    groupByName: () => undefined,
    hostsOf: () => [],
    hostByKey: () => undefined,
  };
  const clock = { now: () => 0 } as RolloutsPortNeeds['system']['clock'];
  return rolloutsPort({
    system: { clock },
    store,
    world,
    outputs,
    rollers: { call: () => Promise.reject(new Error()) },
  });
}

it('shows rollouts that are over when their texts are no longer kept, with how many hosts had them first', async () => {
  const port = await portWith([OVER, LIVE], [LIVE]);
  expect((await port.list(undefined)).map(({ id, state, hosts_ahead }) => [id, state, hosts_ahead])).toEqual([
    ['g.2', 'rolling', 0],
    ['g.1', 'done', 3],
  ]);
  expect(await port.get('g.1')).toMatchObject({
    state: 'done',
    hosts: [],
    hashes: null,
    hashes_before: null,
    policy: OVER.policy,
    ended_at: 130,
  });
  expect((await port.get('g.2'))?.hashes).toMatchObject({ hash4_ipsets: expect.any(String) as never });
  expect(await port.get('g.3')).toBeUndefined();
});

it('lists those in one state, by what is in memory', async () => {
  const port = await portWith([OVER, { ...LIVE, state: 'planned' }], [LIVE]);
  const ids = async (state: 'planned' | 'rolling') => (await port.list(state)).map(({ id }) => id);
  expect([await ids('planned'), await ids('rolling')]).toEqual([[], ['g.2']]);
});

it('says how many hosts had one first that was rolled back, also after a restart, when nobody knows which', async () => {
  const rolledBack: Rollout = { ...OVER, state: 'rolled_back', promotedAt: null };
  const { candidate, base } = rolledBack;
  const readBack = rolloutFromDoc(rolloutToDoc(rolledBack), candidate, base);
  const port = await portWith([rolledBack], readBack === undefined ? [] : [readBack]);
  expect((await port.list(undefined)).map(({ hosts_ahead }) => hosts_ahead)).toEqual([3]);
  expect(await port.get('g.1')).toMatchObject({ state: 'rolled_back', hosts_ahead: 3 });
});
