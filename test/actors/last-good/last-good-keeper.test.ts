import { describe, expect, it } from 'vitest';
import { RulesetOutputs } from '../../../src/actors/groups/ruleset-outputs.js';
import { LastGoodKeeper } from '../../../src/actors/last-good/last-good-keeper.js';
import { setUse } from '../../../src/actors/last-good/set-use.js';
import { IPSET_PUBLISHER } from '../../../src/actors/publishing/publisher-messages.js';
import { AlarmBook } from '../../../src/alarms/alarm-book.js';
import type { Document } from '../../../src/model/document.js';
import { packRulesetSync } from '../../../src/model/stored-ruleset.js';
import { stopGenServer } from '../../../src/otp/index.js';
import { StoreError } from '../../../src/store/store.js';
import { SetBook } from '../../../src/world/set-book.js';
import { actorStage, shownBy } from '../../support/actors/actor-stage.js';
import { loadedWorld } from '../../support/actors/loaded-world.js';
import { memoryStore, type MemoryStore } from '../../support/actors/memory-store.js';

const WEB = { id: 'g1', name: 'web' };
const KEPT = 'last_good_set:office_zv4';

function zone(ipv4_addresses: readonly string[]): Document {
  return { id: 'z', name: 'office', ipv4_addresses, ipv6_addresses: [] };
}

interface Stage {
  readonly store?: MemoryStore;
  /** Milliseconds since the beginning. */
  readonly now?: number;
  /** Of the zone office. */
  readonly addresses?: readonly string[];
}

/** The ruleset of group web names the set of zone office. */
async function keeperAlone({ store = memoryStore(), now = 0, addresses = ['192.0.2.1'] }: Stage = {}) {
  const stage = actorStage();
  await stage.advance(now);
  const world = loadedWorld({ group: [WEB], zone: [zone(addresses)] });
  const outputs = new RulesetOutputs();
  const alarms = new AlarmBook(() => 0);
  const sets = new SetBook(world.policy, 'dog2', () => setUse(world, outputs));
  const names = (...needed: readonly string[]): void => {
    const text = { text: 'rules', hash: 'hash' };
    const ruleset = packRulesetSync({ set4: text, set6: text, unset4: text, unset6: text }, needed);
    outputs.set({ groupId: 'g1', groupName: 'web', dialect: 'dog2', ruleset, compiledAt: 1, publishedAt: 1 });
  };
  names('office_zv4');
  sets.published = sets.render();
  const dirtied = await stage.hear(IPSET_PUBLISHER);
  const pid = await stage.start(
    new LastGoodKeeper({ clock: stage.clock, store, world, sets, outputs, alarms, log: stage.log }),
  );
  return {
    stage,
    store,
    world,
    outputs,
    sets,
    names,
    dirtied,
    pid,
    stop: () => stage.run(stopGenServer(stage.system, pid)),
    keptSets: () => store.rows('setting').filter(({ id }) => String(id).startsWith('last_good_set:')),
    shown: () => shownBy(stage, pid),
    alarms: () => alarms.list().map(({ id }) => id),
    publish: () => (sets.published = sets.render()),
    look: () => stage.advance(1000),
    later: () => stage.advance(5000),
  };
}

describe('the keeper of what was last good', () => {
  it('keeps the content of sets that rulesets name, and no other', async () => {
    const k = await keeperAlone();
    await k.look();
    expect(k.keptSets()).toEqual([{ id: KEPT, addresses: ['192.0.2.1'] }]);
    expect(k.shown()).toEqual({ sets_kept: 1, malformed: 0 });
    const commits = k.store.commits.length;
    await k.later();
    expect(k.store.commits).toHaveLength(commits);
  });

  it('writes it at most every five seconds, the newest', async () => {
    const k = await keeperAlone();
    await k.look();
    const commits = k.store.commits.length;
    for (let n = 2; n < 6; n += 1) {
      k.world.apply('zone', [{ id: 'z', after: zone([`192.0.2.${n}`]) }]);
      k.publish();
      await k.look();
    }
    expect(k.store.commits).toHaveLength(commits);
    await k.look();
    expect(k.store.doc('setting', KEPT)).toMatchObject({ addresses: ['192.0.2.5'] });
  });

  it('lets go of a set that nobody names any more once every group is known', async () => {
    const k = await keeperAlone();
    await k.look();
    k.world.apply('group', [{ id: 'g2', after: { id: 'g2', name: 'db' } }]);
    k.names();
    await k.later();
    expect(k.store.doc('setting', KEPT)).toBeDefined();
    k.outputs.failures.set('g2', { error: { message: 'no' }, at: 1 });
    await k.later();
    expect(k.store.doc('setting', KEPT)).toBeUndefined();
  });

  it('tells of a set that is gone while a ruleset names it, and has it taken away when none does', async () => {
    const k = await keeperAlone();
    await k.look();
    k.world.apply('zone', [{ id: 'z' }]);
    k.publish();
    await k.look();
    expect(k.alarms()).toEqual(['sets.replaced:zone/office']);
    expect(k.sets.published?.contents.get('office_zv4')).toEqual(['192.0.2.1']);
    expect(k.dirtied).toEqual([]);
    k.names();
    await k.look();
    expect(k.dirtied).toEqual([{ tag: 'dirty', sources: [] }]);
    k.publish();
    await k.look();
    expect([k.alarms(), k.dirtied.length]).toEqual([[], 1]);
  });

  it('asks for the sets when a ruleset names one that is not there, until that is told', async () => {
    const k = await keeperAlone();
    k.names('office_zv4', 'lab_zv4');
    await k.look();
    expect(k.dirtied).toHaveLength(1);
    k.publish();
    await k.look();
    expect([k.dirtied.length, k.alarms()]).toEqual([1, ['sets.replaced:zone/lab']]);
  });

  it('tells of a set that was kept, before its ruleset was known, for whoever may name it', async () => {
    const k = await keeperAlone();
    k.outputs.delete('g1');
    k.world.apply('zone', [{ id: 'z' }]);
    k.publish();
    await k.look();
    expect([k.sets.published?.retained, k.alarms(), k.dirtied.length]).toEqual([
      new Set(['office_zv4', 'office_zv6']),
      [],
      0,
    ]);
    k.names('office_zv4', 'office_zv6');
    await k.look();
    expect(k.dirtied).toHaveLength(1);
    k.publish();
    await k.look();
    expect([k.alarms(), k.dirtied.length]).toEqual([['sets.replaced:zone/office'], 1]);
  });

  it('tells of an edit that took all addresses of a set in use away', async () => {
    const k = await keeperAlone();
    await k.look();
    k.world.apply('zone', [{ id: 'z', after: zone([]) }]);
    k.publish();
    await k.look();
    expect(k.alarms()).toEqual(['policy.emptied:office_zv4']);
  });

  it('knows after a restart what a set had, and so that it was emptied', async () => {
    const store = memoryStore({ setting: [{ id: KEPT, addresses: ['192.0.2.1'] }] });
    const k = await keeperAlone({ store });
    k.world.apply('zone', [{ id: 'z', after: zone([]) }]);
    k.publish();
    await k.look();
    expect(k.alarms()).toEqual(['policy.emptied:office_zv4']);
  });

  it('tells after a restart of what an edit emptied before it, for a day in all', async () => {
    const store = memoryStore();
    const k = await keeperAlone({ store });
    await k.look();
    k.world.apply('zone', [{ id: 'z', after: zone([]) }]);
    k.publish();
    await k.look();
    await k.stop();
    const next = await keeperAlone({ store, now: 86_390_000, addresses: [] });
    expect(next.alarms()).toEqual([]);
    await next.look();
    expect(next.alarms()).toEqual(['policy.emptied:office_zv4']);
    await next.stage.advance(15_000);
    expect(next.alarms()).toEqual([]);
  });

  it('tells of it no more where the set has addresses again, or nobody names it, after the restart', async () => {
    const emptied = {
      id: 'policy_emptied',
      rulesets: { gone: 0 },
      sets: { office_zv4: 0, lab_zv4: 0 },
      bare: ['gone'],
    };
    const k = await keeperAlone({ store: memoryStore({ setting: [emptied] }) });
    await k.look();
    expect(k.alarms()).toEqual([]);
    expect(k.store.doc('setting', 'policy_emptied')).toMatchObject({ rulesets: {}, sets: {}, bare: [] });
  });

  it('keeps the last good values of malformed fields, tells of them, and lets them go when they are mended', async () => {
    const k = await keeperAlone();
    k.world.apply('zone', [{ id: 'z', after: { ...zone([]), ipv4_addresses: 'no list' } }]);
    await k.look();
    expect(k.store.doc('setting', 'last_good_rows')).toMatchObject({
      rows: [{ table: 'zone', id: 'z', fields: { ipv4_addresses: ['192.0.2.1'] } }],
    });
    expect(k.alarms()).toEqual(['store.malformed:zone/z']);
    k.world.apply('zone', [{ id: 'z', after: zone(['192.0.2.1']) }]);
    await k.look();
    expect(k.store.doc('setting', 'last_good_rows')).toMatchObject({ rows: [] });
    expect(k.alarms()).toEqual([]);
  });

  it('takes a store that refuses for a state, tells of it, and tries again', async () => {
    const k = await keeperAlone();
    k.store.failure = new StoreError('refused', 'no writing');
    await k.look();
    expect([k.alarms(), k.shown()]).toMatchObject([['last_good.not_kept'], { error: 'no writing' }]);
    k.store.failure = undefined;
    await k.later();
    expect([k.alarms(), k.keptSets().length]).toEqual([[], 1]);
    expect(k.stage.reports).toEqual([]);
  });

  it('keeps what there is as its last words', async () => {
    const k = await keeperAlone();
    await k.stop();
    expect(k.store.doc('setting', KEPT)).toBeDefined();
  });
});
