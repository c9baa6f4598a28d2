import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/store/store.js';
import { memoryStore } from '../../support/actors/memory-store.js';
import { KEPT, keeperAlone, zone } from './keeper-alone.js';

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
