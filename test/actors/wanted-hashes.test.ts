import { describe, expect, it } from 'vitest';
import { packRulesetSync } from '../../src/model/stored-ruleset.js';
import { RulesetOutputs } from '../../src/actors/groups/ruleset-outputs.js';
import { acceptedSetHashes, BY_GROUP, newestSetHash, wantedHashes } from '../../src/actors/hosts/wanted-hashes.js';
import { ConfirmedSets } from '../../src/actors/publishing/confirmed-sets.js';
import type { Document } from '../../src/model/document.js';
import { World } from '../../src/world/world.js';
import { GroupSets } from '../../src/world/group-sets.js';

function row(hash: string, timestamp: number): Document {
  return { id: `${hash}-${timestamp}`, hash, timestamp };
}
const NOW = 10_000;
const WINDOW = 600;

it('no hash of the sets counts for all hosts while each group gets its own', () => {
  const rows = [
    { id: 'a', hash: 'old', timestamp: 1 },
    { id: 'b', hash: BY_GROUP, timestamp: 2 },
  ];
  expect(acceptedSetHashes(rows, 3, 60)).toBeUndefined();
  const again = [...rows, { id: 'c', hash: 'old', timestamp: 5 }];
  expect(acceptedSetHashes(again, 6, 60)).toEqual({ hashes: new Set(['old']), newest: 'old', changedAt: 5 });
});

describe('hashes that count for the sets', () => {
  it('are the newest, and those that were the newest within the window', () => {
    const rows = [row('old', 100), row('before', 5000), row('last', NOW - 500), row('now', NOW - 10)];
    // `before` was the newest until `last` came, 500 seconds ago.
    expect([...(acceptedSetHashes(rows, NOW, WINDOW)?.hashes ?? [])].sort()).toEqual(['before', 'last', 'now']);
    expect([...(acceptedSetHashes(rows, NOW, 400)?.hashes ?? [])].sort()).toEqual(['last', 'now']);
    expect([...(acceptedSetHashes(rows, NOW, 5)?.hashes ?? [])]).toEqual(['now']);
    expect(newestSetHash(rows)).toBe('now');
  });

  it('do not depend on the order of the rows', () => {
    const rows = [row('c', 30), row('a', 10), row('b', 20)];
    expect(newestSetHash(rows)).toBe('c');
    expect(acceptedSetHashes(rows, 31, 15)).toEqual(acceptedSetHashes([...rows].reverse(), 31, 15));
  });

  it('changed when the newest hash first came: the old server added a row with every rebuild', () => {
    const rows = [row('other', 100), row('same', 200), row('same', 300), row('same', NOW - 1)];
    expect(acceptedSetHashes(rows, NOW, WINDOW)).toEqual({ hashes: new Set(['same']), newest: 'same', changedAt: 200 });
    expect(acceptedSetHashes(rows.slice(1), NOW, WINDOW)?.changedAt).toBe(200);
  });

  it('are none before any were published: the seed row was not', () => {
    expect(acceptedSetHashes([], NOW, WINDOW)).toBeUndefined();
    expect(acceptedSetHashes([row('initial', 5), { id: '1' }], NOW, WINDOW)).toBeUndefined();
    expect(newestSetHash([row('initial', 5)])).toBeUndefined();
  });
});

describe('what a host of a group should report', () => {
  const world = new World({ generateUnset: false });
  const outputs = new RulesetOutputs();
  const confirmedSets = new ConfirmedSets();
  const hashes = { hash4_ipsets: 'a', hash6_ipsets: 'b', hash4_iptables: 'c', hash6_iptables: 'd' };
  world.apply('group', [
    { id: '1', after: { id: '1', name: 'web', ...hashes } },
    { id: '2', after: { id: '2', name: 'fresh', hash4_ipsets: '' } },
  ]);

  const groupSets = new GroupSets('all', { now: () => 0 });

  it('is what its row says, not what was compiled meanwhile', () => {
    const text = { text: 'newer', hash: 'newer' };
    outputs.set({
      groupId: '1',
      groupName: 'web',
      dialect: 'dog2',
      ruleset: packRulesetSync({ set4: text, set6: text, unset4: text, unset6: text }, []),
      compiledAt: 5,
      publishedAt: null,
    });
    expect(
      wantedHashes({ world, outputs, confirmedSets, groupSets }, { hostkey: 'h', group: 'web' }, NOW, WINDOW),
    ).toEqual({
      rules: { hashes, changedAt: 0 },
    });
  });

  it('is nothing for a group that there is not, and no rules for one that never had any', () => {
    expect(
      wantedHashes({ world, outputs, confirmedSets, groupSets }, { hostkey: 'h', group: 'nobody' }, NOW, WINDOW),
    ).toBeUndefined();
    expect(
      wantedHashes({ world, outputs, confirmedSets, groupSets }, { hostkey: 'h', group: '' }, NOW, WINDOW),
    ).toBeUndefined();
    expect(
      wantedHashes({ world, outputs, confirmedSets, groupSets }, { hostkey: 'h', group: 'fresh' }, NOW, WINDOW),
    ).toEqual({});
  });
});
