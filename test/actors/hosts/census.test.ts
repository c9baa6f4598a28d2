import { describe, expect, it } from 'vitest';
import { Census, type CensusNeeds } from '../../../src/actors/hosts/census.js';
import { RulesetOutputs } from '../../../src/actors/groups/ruleset-outputs.js';
import { AlarmBook } from '../../../src/alarms/alarm-book.js';
import { createMetrics } from '../../../src/metrics/create-metrics.js';
import { imetricsText } from '../../../src/metrics/imetrics-text.js';
import type { Document, Table } from '../../../src/model/document.js';
import { cast } from '../../../src/otp/index.js';
import { StoreError } from '../../../src/store/store.js';
import { World } from '../../../src/world/world.js';
import { actorStage, shownBy, STAGE_BEGIN } from '../../support/actors/actor-stage.js';
import { smallStore, smallWorld } from '../../support/actors/small-world.js';

const NOW = STAGE_BEGIN / 1000;

function host(id: string, active: string, more: object = {}): Document {
  return { id, hostkey: `key-${id}`, name: id, active, keepalive_timestamp: NOW, ...more };
}

/** Those who have an actor, and what is told to whom. */
function directory(running: readonly string[] = []) {
  const told: [string, unknown][] = [];
  const send = (key: string, message: unknown): boolean => told.push([key, message]) > 0;
  return { told, running, whereis: (key: string) => (running.includes(key) ? ({} as never) : undefined), send };
}

async function stage(world: World, more: Partial<CensusNeeds> = {}) {
  const v = actorStage();
  const [hosts, groups, store] = [directory(['key-known']), directory(['g-known']), smallStore(world)];
  const [metrics, alarms] = [createMetrics(), new AlarmBook(() => v.clock.now())];
  const outputs = new RulesetOutputs();
  outputs.rulesets.abandoned = false;
  let looks = 0;
  const needs: CensusNeeds = {
    clock: v.clock,
    config: {
      polling_interval_seconds: 5,
      keepalive_alert_seconds: 1800,
      revisions: { keep: 100, keep_days: 400 },
      retirement_alert_seconds: 7200,
    },
    world,
    hosts,
    groups,
    store,
    outputs,
    guard: { open: true },
    hostRoom: { showAlarm: () => void (looks += 1) },
    alarms,
    metrics,
    log: v.log,
    ...more,
  };
  const pid = await v.start(new Census(needs));
  await v.idle();
  const gauges = (): Promise<string> => imetricsText(metrics, 'gauges');
  return { v, hosts, groups, store, alarms, outputs, pid, gauges, looks: () => looks };
}

describe('the census', () => {
  it('gives every host in use that is silent an actor, and so its deadline; retired ones and those without a key none', async () => {
    const rows = [
      host('known', 'active'),
      host('silent', 'active'),
      host('gone', 'retired'),
      host('no', 'new', { hostkey: '' }),
    ];
    const { v, hosts } = await stage(smallWorld({ host: rows }));
    expect(hosts.told).toEqual([['key-silent', { tag: 'check' }]]);
    await v.advance(5000);
    expect(hosts.told).toHaveLength(2);
  });

  it('gives every group an actor, which compiles it', async () => {
    const group = ['g-known', 'g-new'].map((id) => ({ id, name: id }));
    const { groups } = await stage(smallWorld({ group }));
    expect(groups.told).toEqual([['g-new', { tag: 'recompile' }]]);
  });

  it('waits for the world to be loaded', async () => {
    const world = new World({ generateUnset: false });
    const { v, hosts } = await stage(world);
    world.reconcile('host', [host('silent', 'active')]);
    await v.advance(400);
    expect(hosts.told).toEqual([]);
    for (const table of world.missing) world.reconcile(table, []);
    await v.advance(200);
    expect(hosts.told).toEqual([['key-silent', { tag: 'check' }]]);
  });

  it('counts hosts by state, and those that are silent while the guard is open', async () => {
    const rows = [
      host('a', 'active'),
      host('b', 'active', { keepalive_timestamp: NOW - 1801 }),
      host('c', 'inactive', { keepalive_timestamp: NOW - 7201 }),
      host('d', 'retired', { keepalive_timestamp: NOW - 9999 }),
      host('e', 'anything else'),
    ];
    const open = await stage(smallWorld({ host: rows }));
    expect(shownBy(open.v, open.pid)).toMatchObject({ new: 1, active: 2, inactive: 1, retired: 1 });
    expect(await open.gauges()).toContain('host_active_state active:2 inactive:1 new:1 retired:1');
    expect(await open.gauges()).toContain('host_keepalive failure:2 inactive:2 recovery:0 retirement:1');
    const closed = await stage(smallWorld({ host: rows }), { guard: { open: false } });
    expect(await closed.gauges()).toContain('host_keepalive failure:0 inactive:0 recovery:0 retirement:0');
  });

  it('counts hosts that come back from retirement', async () => {
    const { v, pid, gauges } = await stage(smallWorld());
    cast(v.system, pid, { tag: 'returned' });
    await v.idle();
    expect(await gauges()).toContain('recovery:1');
    expect(shownBy(v, pid)).toMatchObject({ returned_from_retirement: 1 });
  });

  it('shows alarms as the world has them: room for hosts, unverified hosts, messages of hosts that are gone', async () => {
    const rows = [host('a', 'active', { unverified: true })];
    const world = smallWorld({ host: rows, host_report: [{ id: 'key-a', verified: true }] });
    const { v, alarms, store, looks } = await stage(world);
    expect([looks(), alarms.get('hosts.unverified')?.text]).toEqual([1, expect.stringContaining('"a"')]);
    alarms.set('broker.refused:host/key-a', 'too large');
    alarms.set('broker.refused:host/key-gone', 'too large');
    store.put('host', host('a', 'active'));
    await v.advance(5000);
    expect(alarms.list().map(({ id }) => id)).toEqual(['broker.refused:host/key-a']);
  });

  it('tells actors of groups that were deleted while no server ran, once; the store may be away meanwhile', async () => {
    const world = smallWorld({ group: [{ id: 'g-known', name: 'web' }] });
    const v = actorStage();
    const groups = directory(['g-known']);
    const rows = [{ id: 'g-known' }, { id: 'g-gone' }] as readonly Document[];
    let away = true;
    const listFields = (table: Table) =>
      away
        ? Promise.reject(new StoreError('unavailable', 'away'))
        : Promise.resolve(table === 'ruleset_output' ? rows : []);
    await stage(world, { clock: v.clock, groups, store: { ...smallStore(world), listFields } }).then(async (s) => {
      await s.v.advance(1000);
      expect(groups.told).toEqual([]);
      away = false;
      await s.v.advance(20_000);
    });
    expect(groups.told).toEqual([['g-gone', { tag: 'removed' }]]);
  });

  it('removes texts that no group names any more when some were left behind', async () => {
    const { v, store, outputs } = await stage(smallWorld());
    await store.commit([{ op: 'create', table: 'ruleset_text', doc: { id: 't1' } }], { author: 'system' });
    await v.advance(5000);
    expect(store.doc('ruleset_text', 't1')).toBeDefined();
    outputs.rulesets.abandoned = true;
    await v.advance(5000);
    expect(store.doc('ruleset_text', 't1')).toBeUndefined();
  });
});
