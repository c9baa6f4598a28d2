import { describe, expect, it } from 'vitest';
import type { Document } from '../../src/model/document.js';
import { leadingOperations } from '../../src/operations/leading-operations.js';
import { waitingOperations } from '../../src/operations/waiting-operations.js';
import { parts, START, type Parts } from './parts.js';

const NOW = START / 1000;

function host(name: string, more: Partial<Document> = {}): Document {
  return { id: `id-${name}`, name, hostkey: `key-${name}`, group: 'web', active: 'active', hashpass: true, ...more };
}

async function fleetOf(hosts: readonly Document[]) {
  const p: Parts = await parts();
  p.world.reconcile('group', [{ id: 'g', name: 'web', profile_name: 'web-profile' }]);
  p.world.reconcile('host', hosts);
  return { ...p, operations: leadingOperations(p.needs, { root: p.root }) };
}

describe('the fleet as a whole', () => {
  it('tells who drifted, who is silent and who only has yet to catch up', async () => {
    const { needs, operations } = await fleetOf([
      host('b-drifted', { hashpass: false, keepalive_timestamp: NOW - 9 }),
      host('a-drifted', { hashpass: false }),
      host('converging'),
      host('silent', { active: 'inactive' }),
      host('silent too', { active: 'inactive', hashpass: false }),
      host('gone', { active: 'retired' }),
      host('fine'),
    ]);
    needs.drift.observe('key-b-drifted', ['hash4_ipsets'], NOW - 100);
    needs.drift.observe('key-converging', ['ipset_hash'], NOW);
    const status = operations.fleet.status();
    expect(status.well).toBe(false);
    expect(status.summary).toContain(
      '2 hosts drifted, 2 hosts silent, 1 host refused (7 hosts in 1 group, 1 still converging)',
    );
    expect(status.hosts.drifted.first.map(({ name }) => name)).toEqual(['a-drifted', 'b-drifted']);
    expect(status.hosts.drifted.first[1]).toEqual({
      id: 'id-b-drifted',
      name: 'b-drifted',
      hostkey: 'key-b-drifted',
      group: 'web',
      state: 'active_hashfail',
      unverified: false,
      reported_at: NOW - 9,
      differing: ['hash4_ipsets'],
      differs_since: NOW - 100,
      repair_attempts: 0,
    });
    expect(status.hosts.by_state).toMatchObject({ active: 2, active_hashfail: 2, inactive: 1, retired: 1 });
    expect(operations.fleet.drifted({ limit: 1 })).toMatchObject({
      total: 2,
      converging: 1,
      hosts: [{ name: 'a-drifted' }],
    });
    expect(operations.fleet.drifted({ limit: 9, group: 'db' })).toEqual({ total: 0, converging: 0, hosts: [] });
  });

  it('names the groups that cannot be compiled, with why', async () => {
    const { needs, operations } = await fleetOf([
      host('one'),
      host('two', { active: 'inactive' }),
      host('three', { active: 'retired' }),
    ]);
    needs.outputs.failures.set('g', { error: { message: 'no such zone' }, at: NOW });
    expect(operations.fleet.groups()).toEqual([
      {
        id: 'g',
        name: 'web',
        profile: 'web-profile',
        state: 'error',
        error: 'no such zone',
        not_sent: 'the group never had a ruleset that compiles: no such zone',
        hosts: 2,
        drifted: 0,
        silent: 1,
        compiled_at: null,
        published_at: null,
        pinned: null,
        rollout: null,
      },
    ]);
    const { groups } = operations.fleet.status();
    expect([groups.in_error.total, groups.in_error.first[0]?.name, groups.not_sent.total]).toEqual([1, 'web', 0]);
  });

  it('counts what it does not name', async () => {
    const hosts = Array.from({ length: 25 }, (_, n) => host(`h${n}`, { active: 'inactive' }));
    const { silent } = (await fleetOf(hosts)).operations.fleet.status().hosts;
    expect([silent.total, silent.first.length]).toEqual([25, 20]);
  });

  it('finds a host by id, hostkey or name, one in use before one that is not', async () => {
    const twice = [host('one', { id: 'x', active: 'retired' }), host('one', { id: 'y', hostkey: 'key-of-y' })];
    const { operations } = await fleetOf(twice);
    for (const [asked, id] of [
      ['x', 'x'],
      ['key-of-y', 'y'],
      ['one', 'y'],
    ] as const)
      expect((await operations.drift(asked))?.id).toBe(id);
    expect(await operations.drift('nobody')).toBeUndefined();
  });

  it('is not known on a server that stands by', async () => {
    const { needs, root } = await parts();
    const state = {
      standing: () => ({ role: 'follower' }) as const,
      dialect: () => undefined,
      troubles: () => [],
      notes: () => [],
    };
    const { fleet } = waitingOperations(needs, root, state);
    for (const ask of [() => fleet.status(), () => fleet.groups(), () => fleet.drifted({ limit: 1 })])
      expect(ask).toThrow('stands by');
  });
});
