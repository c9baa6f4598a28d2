import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/actors/watching/observation.js';
import { Observer } from '../../../src/actors/watching/observer.js';
import type { Document } from '../../../src/model/document.js';
import { cast } from '../../../src/otp/index.js';
import { SetBook } from '../../../src/world/set-book.js';
import { World, WORLD_TABLES } from '../../../src/world/world.js';
import { actorStage, shownBy } from '../../support/actors/actor-stage.js';

const NO_PROFILE: Document = { id: 'g1', name: 'web', profile_id: 'none' };

async function observerAlone() {
  const stage = actorStage();
  const world = new World({ generateUnset: false });
  const seen: Observation[] = [];
  const pid = await stage.start(
    new Observer({
      clock: stage.clock,
      world,
      sets: new SetBook(world.policy, 'dog1'),
      dialect: 'dog1',
      config: { generate_unset_tables: false, check_v6_hashes: true },
      log: stage.log,
      seen: (observation) => seen.push(observation),
    }),
  );
  return {
    stage,
    world,
    seen,
    shown: () => shownBy(stage, pid),
    changed: async () => {
      cast(stage.system, pid, { tag: 'changed' });
      await stage.idle();
    },
    load: (...groups: readonly Document[]) => {
      for (const table of WORLD_TABLES) world.reconcile(table, table === 'group' ? groups : []);
    },
  };
}

describe('the observer', () => {
  it('waits until every table was seen', async () => {
    const o = await observerAlone();
    await o.stage.advance(5000);
    expect([o.seen, o.shown()]).toEqual([[], { state: 'loading' }]);
    o.load();
    await o.stage.advance(1000);
    expect([o.seen.length, o.shown()]).toMatchObject([1, { groups: 0, sets: 'differs' }]);
  });

  it('compares a second after changes, once for all that gathered', async () => {
    const o = await observerAlone();
    o.load(NO_PROFILE);
    await o.stage.advance(1000);
    expect(o.seen[0]?.groups).toMatchObject([{ id: 'g1', name: 'web', state: 'cannot_compare' }]);
    await o.stage.advance(60_000);
    expect(o.seen).toHaveLength(1);
    for (let n = 0; n < 5; n += 1) await o.changed();
    await o.stage.advance(999);
    expect(o.seen).toHaveLength(1);
    await o.stage.advance(1);
    expect(o.seen).toHaveLength(2);
  });

  it('compares the sets with the newest hash that is stored', async () => {
    const o = await observerAlone();
    o.load();
    await o.stage.advance(1000);
    const hash = o.seen[0]?.sets.hash ?? '';
    expect(o.seen[0]?.sets).toMatchObject({ state: 'differs', stored: null });
    o.world.apply('ipset', [{ id: 'i', after: { id: 'i', hash, timestamp: 1 } }]);
    await o.changed();
    await o.stage.advance(1000);
    expect(o.seen[1]?.sets).toEqual({ state: 'same', stored: hash, hash });
  });

  it('logs what it found, and that nothing changed not again', async () => {
    const o = await observerAlone();
    o.load(NO_PROFILE);
    await o.stage.advance(1000);
    await o.changed();
    await o.stage.advance(1000);
    expect(o.stage.warnings()).toEqual(['observed: this group cannot be compared']);
    o.world.apply('group', [{ id: 'g1' }]);
    await o.changed();
    await o.stage.advance(1000);
    expect(o.stage.lines.filter(({ level }) => level === 'info')).toHaveLength(2);
  });
});
