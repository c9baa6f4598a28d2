import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/store/store.js';
import { shownBy } from '../../support/actors/actor-stage.js';
import { activeRow, hostStage, KEY, type HostStage } from '../../support/actors/host-stage.js';

const MINUTE = 60_000;

function kinds({ alerts }: HostStage): readonly string[] {
  return alerts.map(({ kind }) => kind);
}
function reasons({ refused }: HostStage): readonly unknown[] {
  return refused.list().map(({ reason }) => reason);
}

describe('a host without a row', () => {
  it('registers when its agent starts: one commit with what is known of it, and it is sent all that its group has', async () => {
    const s = await hostStage();
    expect(await s.says({ updateType: 'force' })).toBe('done');
    expect(s.row()).toMatchObject({ hostkey: KEY, active: 'new', group: 'web' });
    expect(s.store.doc('host_report', KEY)).toMatchObject({ bound_group: 'web' });
    expect(s.store.commits).toHaveLength(1);
    expect(s.sent).toEqual([`host-sets/${KEY}`, `host/${KEY}`]);
    expect(reasons(s)).toEqual([]);
  });

  it('is not registered by anything but a start, nor where that is off, nor beyond the rate, and its actor goes', async () => {
    const cases = [
      [{}, {}, 'unknown_host'],
      [{ updateType: 'force', stopped: true }, {}, 'unknown_host'],
      [{ updateType: 'force' }, { config: { auto_register_hosts: false } }, 'unknown_host'],
      [{ updateType: 'force' }, { needs: { registrations: { take: () => false } } }, 'registration_limit'],
    ] as const;
    for (const [report, options, reason] of cases) {
      const s = await hostStage(options);
      await s.says(report);
      expect([s.row(), reasons(s), s.sent]).toEqual([undefined, [reason], []]);
      await s.v.advance(MINUTE - 1);
      expect(s.v.system.isAlive(s.host)).toBe(true);
      await s.v.advance(1);
      expect(s.v.system.isAlive(s.host)).toBe(false);
    }
  });

  it('that somebody creates at the same moment over the API is a known host: no second row', async () => {
    const s = await hostStage();
    s.store.unheard = true;
    s.store.put('host', activeRow());
    await s.says({ updateType: 'force' });
    s.store.unheard = false;
    expect(s.store.doc('host', 'h1')).toMatchObject({ keepalive_timestamp: s.v.clock.now() / 1000 });
    expect(s.store.commits.map((steps) => steps[0]?.op)).toEqual(['create', 'edit']);
  });

  it('whose registration the world has not heard of yet is updated, not registered again', async () => {
    const s = await hostStage();
    s.store.unheard = true;
    await s.says({ updateType: 'force' });
    await s.says();
    expect(s.store.commits.map((steps) => steps[0]?.op)).toEqual(['create', 'edit']);
    expect(s.store.doc('host', 'made-1')).toMatchObject({ active: 'active' });
  });
});

describe('reports of a host', () => {
  it('with the hashes of what it was sent: active, nothing is sent', async () => {
    const s = await hostStage({ rows: [activeRow({ active: 'new' })] });
    await s.says();
    expect(s.row()).toMatchObject({ active: 'active', hash_fail_count: 0 });
    expect([s.sent, kinds(s)]).toEqual([[], []]);
    expect(s.events).toEqual([
      { kind: 'host_state', hostkey: KEY, name: 'web1.example.net', group: 'web', from: 'new', to: 'active' },
    ]);
  });

  it('with other hashes again and again: counted, then failed with one mail, and its copy is sent once per interval', async () => {
    const s = await hostStage({ rows: [activeRow()] });
    const holds = { hash4_ipsets: 'by-hand' };
    await s.says({ holds });
    expect([s.row()?.hash_fail_count, s.sent, kinds(s)]).toEqual([1, [], []]);
    await s.says({ holds });
    expect(s.row()).toMatchObject({ hashpass: false, hash_fail_count: 2 });
    // Sets go along, since rules changed by hand may have lost sets that no hash shows.
    expect([s.sent, kinds(s)]).toEqual([[`host-sets/${KEY}`, `host/${KEY}`], ['hash_fail']]);
    await s.says({ holds });
    expect(s.sent).toHaveLength(2);
    await s.v.advance(MINUTE);
    await s.says({ holds });
    expect(s.sent).toHaveLength(4);
    expect(s.needs.drift.get(KEY)).toMatchObject({ differing: ['hash4_ipsets'], repairs: 2 });
    expect(shownBy(s.v, s.host)).toMatchObject({ state: 'active_hashfail', differing: ['hash4_ipsets'] });
    await s.says();
    expect([s.row()?.hashpass, kinds(s)]).toEqual([true, ['hash_fail', 'hash_recover']]);
    expect(s.events.map(({ kind }) => kind)).toEqual(['host_state', 'drift_found', 'host_state', 'drift_mended']);
    expect(s.needs.drift.get(KEY)).toBeUndefined();
  });

  it('while publishing is paused, or repairs are off or too many: told, not repaired', async () => {
    for (const options of [
      { needs: { gate: { paused: true } } },
      { config: { repair: false } },
      { needs: { repairs: { take: () => false } } },
    ]) {
      const s = await hostStage({ rows: [activeRow()], ...options });
      for (let n = 0; n < 2; n += 1) await s.says({ holds: { hash4_ipsets: 'by-hand' } });
      expect([s.sent, kinds(s)]).toEqual([[], ['hash_fail']]);
    }
  });

  it('of a group that there is not: stored, listed as refused, and not compared', async () => {
    const s = await hostStage({ rows: [activeRow({ group: 'gone' })] });
    await s.says({ group: 'gone', holds: { hash4_ipsets: 'other' } });
    expect(reasons(s)).toEqual(['unknown_group']);
    expect(s.row()).toMatchObject({ keepalive_timestamp: s.v.clock.now() / 1000, hash_fail_count: 0 });
  });

  it('that still name the place before the API moved it: the config publisher is told', async () => {
    const s = await hostStage({ rows: [activeRow({ location: 'here' })] });
    await s.says({ location: '*' });
    await s.says({ location: '*' });
    expect(s.configs).toEqual([]);
    s.store.put('host', activeRow({ location: 'there' }));
    await s.says({ location: '*' });
    expect(s.row()?.location).toBe('there');
    expect(s.configs).toEqual([{ tag: 'remind', hostkey: KEY }]);
  });

  it('after its row was given another hostkey change nothing in that row', async () => {
    const s = await hostStage({ rows: [activeRow()] });
    s.store.unheard = true;
    s.store.put('host', activeRow({ hostkey: 'another-key-01' }));
    await s.says();
    expect(s.store.doc('host', 'h1')).not.toHaveProperty('keepalive_timestamp');
    expect(reasons(s)).toEqual(['unknown_host']);
  });

  it('are answered when they are stored: while the store is away it tries, and loses none', async () => {
    const s = await hostStage({ rows: [activeRow({ active: 'new' })] });
    s.store.failure = new StoreError('unavailable', 'away');
    let done = false;
    const answer = s.says().then(() => (done = true));
    await s.v.advance(MINUTE);
    expect([done, s.row()?.active]).toEqual([false, 'new']);
    s.store.failure = undefined;
    await s.v.advance(10_000);
    await answer;
    expect(s.row()?.active).toBe('active');
    expect(s.v.warnings()).toEqual(['the store did not do it; trying again until it does']);
  });
});

describe('the silence of a host', () => {
  it('makes it inactive and then retired, with a mail each; a report brings it back', async () => {
    const s = await hostStage({ rows: [activeRow()] });
    await s.says();
    await s.v.advance(30 * MINUTE - 1);
    expect(s.row()?.active).toBe('active');
    await s.v.advance(1);
    expect([s.row()?.active, kinds(s)]).toEqual(['inactive', ['keepalive_fail']]);
    await s.v.advance(90 * MINUTE - 1);
    expect(s.row()?.active).toBe('inactive');
    await s.v.advance(1);
    expect([s.row()?.active, kinds(s)]).toEqual(['retired', ['keepalive_fail', 'retirement']]);
    await s.v.advance(24 * 60 * MINUTE);
    expect(s.row()?.active).toBe('retired');
    await s.says();
    expect(s.row()?.active).toBe('active');
  });

  it('counts from its last report', async () => {
    const s = await hostStage({ rows: [activeRow()] });
    for (let n = 0; n < 4; n += 1) {
      await s.v.advance(20 * MINUTE);
      await s.says();
    }
    expect([s.row()?.active, kinds(s)]).toEqual(['active', []]);
  });

  it('means nothing while nobody is heard, and counts from when the fleet is heard again', async () => {
    const s = await hostStage({ rows: [activeRow()] });
    await s.v.advance(20 * MINUTE);
    for (let n = 0; n < 2; n += 1) s.guard.interval();
    await s.v.advance(40 * MINUTE);
    expect(s.row()?.active).toBe('active');
    // Another host reports.
    s.guard.heard();
    await s.v.advance(30 * MINUTE - 1);
    expect(s.row()?.active).toBe('active');
    await s.v.advance(1);
    expect([s.row()?.active, kinds(s)]).toEqual(['inactive', ['keepalive_fail']]);
  });

  it('after a good-bye is short, without a mail; a keepalive of the dying agent does not prolong it', async () => {
    const s = await hostStage({ rows: [activeRow()] });
    await s.says({ updateType: 'force', stopped: true });
    await s.v.advance(5000);
    await s.says();
    await s.v.advance(2 * MINUTE - 5001);
    expect(s.row()?.active).toBe('active');
    await s.v.advance(1);
    expect([s.row()?.active, kinds(s)]).toEqual(['inactive', []]);
  });

  it('after a good-bye in an earlier life of its actor has the same grace', async () => {
    const place = { reported_group: 'web', reported_environment: '*', reported_location: '*', bound_group: 'web' };
    const knowledge = [{ id: KEY, ...place, stopped_at: 1 }];
    const s = await hostStage({ rows: [activeRow()], knowledge });
    await s.v.advance(2 * MINUTE - 1);
    expect(s.row()?.active).toBe('active');
    await s.v.advance(1);
    expect([s.row()?.active, kinds(s)]).toEqual(['inactive', []]);
  });

  it('concerns all rows of its hostkey, and is told of once', async () => {
    const s = await hostStage({ rows: [activeRow(), activeRow({ id: 'h2', name: 'twin' })] });
    await s.v.advance(30 * MINUTE);
    expect([s.store.doc('host', 'h1')?.active, s.store.doc('host', 'h2')?.active]).toEqual(['inactive', 'inactive']);
    expect(kinds(s)).toEqual(['keepalive_fail']);
  });

  it('is looked at again where the row changed otherwise', async () => {
    const s = await hostStage({ rows: [activeRow({ active: 'retired' })] });
    s.store.put('host', activeRow());
    await s.tell({ tag: 'check' });
    await s.v.advance(30 * MINUTE);
    expect(s.row()?.active).toBe('inactive');
  });
});

describe('a host whose rules were read back', () => {
  const UNVERIFIED = {
    id: KEY,
    reported_group: 'web',
    reported_environment: '*',
    reported_location: '*',
    bound_group: 'web',
    unverified: 'ipsets',
  } as const;

  it('and differ: failed at once, with a mail, and repaired; agreement ends it', async () => {
    const s = await hostStage({ rows: [activeRow({ unverified: true })], knowledge: [UNVERIFIED] });
    await s.tell({ tag: 'read_back', differing: ['hash4_ipsets'] });
    expect([s.row()?.hashpass, kinds(s)]).toEqual([false, ['hash_fail']]);
    expect(s.sent).toContain(`host/${KEY}`);
    expect(s.store.doc('host_report', KEY)).toMatchObject({ read_back: ['hash4_ipsets'] });
    await s.tell({ tag: 'read_back', differing: [] });
    expect([s.row()?.hashpass, kinds(s)]).toEqual([true, ['hash_fail', 'hash_recover']]);
    expect(s.events.map(({ kind }) => kind)).toEqual(['drift_found', 'drift_mended']);
  });

  it('that has shown its rules itself meanwhile is left alone', async () => {
    const s = await hostStage({ rows: [activeRow()] });
    await s.tell({ tag: 'read_back', differing: ['hash4_ipsets'] });
    expect([s.row()?.hashpass, s.sent, kinds(s)]).toEqual([true, [], []]);
  });
});

describe('a host that is moved or removed', () => {
  it('is sent the rules of its new group at once, once', async () => {
    const s = await hostStage({ rows: [activeRow({ group: 'db' })] });
    await s.says({ group: 'db' });
    s.store.put('host', activeRow());
    await s.tell({ tag: 'moved' });
    await s.tell({ tag: 'moved' });
    expect(s.sent).toEqual([`host/${KEY}`]);
  });

  it('that is removed is forgotten, and its actor ends; with another row of its hostkey it goes on', async () => {
    const s = await hostStage({ rows: [activeRow(), activeRow({ id: 'h2' })] });
    await s.says({ holds: { hash4_ipsets: 'x' } });
    s.store.remove('host', 'h1');
    await s.tell({ tag: 'removed' });
    expect(s.v.system.isAlive(s.host)).toBe(true);
    s.store.remove('host', 'h2');
    await s.tell({ tag: 'removed' });
    expect(s.v.system.isAlive(s.host)).toBe(false);
    expect([s.store.doc('host_report', KEY), s.needs.drift.get(KEY)]).toEqual([undefined, undefined]);
  });
});
