import { describe, expect, it } from 'vitest';
import { HASH_FIELDS } from '../../src/model/ruleset-variants.js';
import type { Document } from '../../src/model/document.js';
import type { GroupsAsked, HostsAsked } from '../../src/operations/fleet-pages.js';
import type { RulesetOutput } from '../../src/actors/groups/ruleset-outputs.js';
import { leadingOperations } from '../../src/operations/leading-operations.js';
import { hashesOf, rulesetOf } from '../support/actors/outputs-of.js';
import { parts, START } from './parts.js';

const NOW = START / 1000;

function host(name: string, more: Partial<Document> = {}): Document {
  return { id: `id-${name}`, name, hostkey: `key-${name}`, group: 'web', active: 'active', hashpass: true, ...more };
}
function hosts(more: Partial<HostsAsked> = {}): HostsAsked {
  const all = { q: '', states: undefined, group: undefined, differing: undefined } as const;
  return { ...all, sort: 'name', order: 'asc', offset: 0, limit: 100, ...more };
}
function groups(more: Partial<GroupsAsked> = {}): GroupsAsked {
  return {
    q: '',
    states: undefined,
    profile: undefined,
    group: undefined,
    sort: 'name',
    order: 'asc',
    offset: 0,
    limit: 100,
    ...more,
  };
}

function output(id: string, groupName: string, called: string, publishedAt: number | null): RulesetOutput {
  return { groupId: id, groupName, dialect: 'dog2', ruleset: rulesetOf(called), compiledAt: NOW - 1, publishedAt };
}

async function fleetOf(rows: readonly Document[], groupRows: readonly Document[] = [{ id: 'g', name: 'web' }]) {
  const p = await parts();
  p.world.reconcile('group', groupRows);
  p.world.reconcile('host', rows);
  return { ...p, pages: leadingOperations(p.needs, { root: p.root }).pages };
}

const FLEET = [
  host('c', { keepalive_timestamp: NOW - 5 }),
  host('a', { hashpass: false, group: 'db', keepalive_timestamp: NOW - 9 }),
  host('B', {
    active: 'inactive',
    interfaces:
      '{"eth0":["10.0.0.1","fe80::1"],"lo":["127.0.0.1"],"eth1":["10.9.0.2","10.9.0.3","10.9.0.4","10.9.0.5"]}',
  }),
  host('d', { active: 'retired', keepalive_timestamp: NOW - 7 }),
];

describe('a page of hosts', () => {
  it.each<[Partial<HostsAsked>, readonly string[]]>([
    [{}, ['B', 'a', 'c', 'd']],
    [{ order: 'desc' }, ['d', 'c', 'a', 'B']],
    [{ sort: 'group' }, ['a', 'B', 'c', 'd']],
    [{ sort: 'state' }, ['c', 'a', 'B', 'd']],
    [{ sort: 'reported' }, ['a', 'd', 'c', 'B']],
    [{ sort: 'reported', order: 'desc' }, ['c', 'd', 'a', 'B']],
    [{ sort: 'differing', order: 'desc' }, ['a', 'c', 'B', 'd']],
    [{ sort: 'repairs', order: 'desc' }, ['a', 'B', 'c', 'd']],
    [{ offset: 1, limit: 2 }, ['a', 'c']],
    [{ offset: 9 }, []],
    [{ q: 'KEY-b' }, ['B']],
    [{ q: '10.9.0.3' }, ['B']],
    [{ q: 'fe80' }, []],
    [{ q: 'eth0' }, []],
    [{ q: 'DB' }, ['a']],
    [{ group: 'db' }, ['a']],
    [{ group: 'no such' }, []],
    [{ states: new Set(['inactive', 'retired']) }, ['B', 'd']],
    [{ differing: 'ipset_hash' }, ['a', 'c']],
    [{ differing: 'hash4_ipsets' }, ['a']],
  ])('%o', async (asked, wanted) => {
    const { pages, needs } = await fleetOf(FLEET);
    needs.drift.observe('key-a', ['hash4_ipsets', 'ipset_hash'], NOW - 9);
    needs.drift.repaired('key-a', NOW);
    needs.drift.observe('key-c', ['ipset_hash'], NOW - 9);
    expect((await pages.hosts(hosts(asked))).hosts.map(({ name }) => name)).toEqual(wanted);
  });

  it('counts states of all that match, whatever states are asked for', async () => {
    const { pages } = await fleetOf(FLEET);
    const page = await pages.hosts(hosts({ group: 'web', states: new Set(['retired']), limit: 1 }));
    expect(page).toMatchObject({ total: 1, offset: 0, limit: 1, by_state: { active: 1, inactive: 1, retired: 1 } });
    expect(page.by_state.active_hashfail).toBe(0);
  });

  it('shows the first addresses that count, and how many there are', async () => {
    const { pages } = await fleetOf(FLEET);
    const [row] = (await pages.hosts(hosts({ q: 'B', group: 'web' }))).hosts;
    expect(row).toMatchObject({
      addresses: ['10.0.0.1', '10.9.0.2', '10.9.0.3', '10.9.0.4'],
      address_count: 5,
      state: 'inactive',
      reported_at: null,
    });
  });

  it('tells what is pending for the group of a host', async () => {
    const { pages, needs } = await fleetOf(FLEET);
    const whys = async () => (await pages.hosts(hosts())).hosts.map(({ pending, pending_why: why }) => [pending, why]);
    const compiled = 'the group is not compiled yet';
    // Nobody knows the group of the second one.
    expect(await whys()).toEqual([
      [true, compiled],
      [false, null],
      [true, compiled],
      [true, compiled],
    ]);
    needs.outputs.set(output('g', 'web', 'now', NOW));
    expect((await whys()).every(([pending]) => pending === false)).toBe(true);
    needs.outputs.set(output('g', 'web', 'next', null));
    expect((await whys())[0]).toEqual([true, expect.stringMatching(/broker|agent/)]);
  });

  it('holds up nobody with 10,000 hosts', async () => {
    const many = Array.from({ length: 10_000 }, (_, n) =>
      host(`host-${String((n * 7919) % 10_000).padStart(5, '0')}`, {
        group: `group-${n % 100}`,
        active: n % 10 === 0 ? 'inactive' : 'active',
        interfaces: JSON.stringify({ eth0: [`10.${n >> 8}.${n & 255}.1`, 'fe80::1', `2001:db8::${n.toString(16)}`] }),
      }),
    );
    const { pages } = await fleetOf(
      many,
      Array.from({ length: 100 }, (_, n) => ({ id: `g${n}`, name: `group-${n}`, profile_name: 'p', profile_id: 'p1' })),
    );
    const [coldAsked, asked] = [hosts({ q: '10.' }), hosts({ q: '10.', order: 'desc', offset: 2000, limit: 1000 })];
    // The first time its code is compiled, too.
    const beforeCold = process.cpuUsage();
    await pages.hosts(coldAsked);
    const cold = process.cpuUsage(beforeCold);
    let longest = 0;
    let last = performance.now();
    let over = false;
    const watch = (): void => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
      if (!over) setImmediate(watch);
    };
    setImmediate(watch);
    const before = process.cpuUsage();
    const page = await pages.hosts(asked);
    const used = process.cpuUsage(before);
    const groupsBefore = process.cpuUsage();
    const groupPage = await pages.groups(groups({ sort: 'hosts', order: 'desc', limit: 100 }));
    const usedByGroups = process.cpuUsage(groupsBefore);
    over = true;
    process.stdout.write(
      `10,000 hosts: the first page of 100 took ${(cold.user + cold.system) / 1000} ms of CPU, ` +
        `one of 1,000 after it ${(used.user + used.system) / 1000} ms, one of 100 groups ` +
        `${(usedByGroups.user + usedByGroups.system) / 1000} ms; the loop stood still for ${longest.toFixed(1)} ms at most\n`,
    );
    expect([page.total, page.by_state.active, page.by_state.inactive]).toEqual([10_000, 9000, 1000]);
    const names = page.hosts.map(({ name }) => name);
    expect([names.length, names[0], names.at(-1)]).toEqual([1000, 'host-07999', 'host-07000']);
    expect(names).toEqual([...names].sort().reverse());
    expect(groupPage).toMatchObject({ total: 100, by_state: { pending: 100 } });
    expect(groupPage.groups.every(({ hosts: count }) => count === 100)).toBe(true);
  });
});

describe('a page of groups', () => {
  it('tells how many hosts have exactly what they were sent', async () => {
    const right = { ...hashesOf('now') };
    const { pages, needs } = await fleetOf(
      [
        host('right', right),
        host('silent', { ...right, active: 'inactive' }),
        host('wrong', { ...right, [HASH_FIELDS[0] as string]: 'other' }),
        host('gone', { ...right, active: 'retired' }),
      ],
      [
        { id: 'g', name: 'web', profile_id: 'p1', profile_name: 'front' },
        { id: 'e', name: 'empty' },
      ],
    );
    needs.outputs.set(output('g', 'web', 'now', NOW));
    const page = await pages.groups(groups());
    expect(page.by_state).toEqual({ pending: 1, compiled: 0, published: 1, error: 0 });
    expect(page.groups).toMatchObject([
      { name: 'empty', hosts: 0, converged: 0, profile_id: null },
      { name: 'web', hosts: 3, converged: 1, profile_id: 'p1', profile: 'front', published_at: NOW },
    ]);
  });

  it.each<[Partial<GroupsAsked>, readonly string[]]>([
    [{}, ['a', 'b', 'c']],
    [{ sort: 'hosts', order: 'desc' }, ['b', 'a', 'c']],
    [{ sort: 'converged', order: 'desc' }, ['a', 'b', 'c']],
    [{ sort: 'published' }, ['c', 'a', 'b']],
    [{ sort: 'published', order: 'desc' }, ['c', 'a', 'b']],
    [{ sort: 'state', order: 'desc' }, ['c', 'a', 'b']],
    [{ q: 'FRONT' }, ['a', 'b']],
    [{ profile: 'p2' }, ['c']],
    [{ profile: 'back' }, ['c']],
    [{ group: 'b' }, ['b']],
    [{ group: '3' }, ['a']],
    [{ states: new Set(['published']) }, ['c']],
    [{ offset: 1, limit: 1 }, ['b']],
  ])('%o', async (asked, wanted) => {
    const { pages, needs } = await fleetOf(
      [host('1', { group: 'b' }), host('2', { group: 'b' }), host('3', { group: 'a' })],
      [
        { id: '1', name: 'c', profile_id: 'p2', profile_name: 'back' },
        { id: '2', name: 'b', profile_id: 'p1', profile_name: 'front' },
        { id: '3', name: 'a', profile_id: 'p1', profile_name: 'front' },
      ],
    );
    needs.outputs.set(output('1', 'c', 'now', NOW));
    expect((await pages.groups(groups(asked))).groups.map(({ name }) => name)).toEqual(wanted);
  });
});
