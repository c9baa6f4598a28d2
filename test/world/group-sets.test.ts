import { describe, expect, it } from 'vitest';
import { finish } from '../../src/firewall/finish.js';
import { setsHash } from '../../src/firewall/ipset/normalize-sets.js';
import type { Document } from '../../src/model/document.js';
import { GroupSets, listKey, namedSetsText } from '../../src/world/group-sets.js';
import { SetBook } from '../../src/world/set-book.js';
import { World } from '../../src/world/world.js';

function zone(name: string, ...addresses: string[]): Document {
  return { id: name, name, ipv4_addresses: addresses, ipv6_addresses: [] };
}

const OFFICE = ['office_zv4', 'office_zv6'];
const BOTH = ['lab_zv4', 'office_zv4'];

function stage(scope: 'all' | 'group' = 'group') {
  const world = new World({ generateUnset: false });
  const book = new SetBook(world.policy, 'dog2');
  let now = 1000;
  const sets = new GroupSets(scope, { now: () => now * 1000 });
  const holds = (...zones: readonly Document[]): readonly string[] => {
    world.reconcile('zone', zones);
    return [...finish(sets.take(book.render(), [OFFICE, BOTH, OFFICE]))];
  };
  return { sets, holds, at: (seconds: number) => void (now = seconds) };
}

describe('the sets of a group', () => {
  it('are those that its rules name and no others, with the hash of just these', () => {
    const { sets, holds } = stage();
    holds(zone('office', '192.0.2.1'), zone('lab', '192.0.2.2'));
    const found = sets.of(OFFICE);
    if (found === undefined) throw new Error('none');
    const text = Buffer.concat(namedSetsText(found)).toString();
    expect(text).toContain('create office_zv6 ');
    expect(text).not.toContain('lab');
    expect(found.hash).toBe(setsHash(text));
    expect(Buffer.concat(namedSetsText({ ...found, parts: [] })).toString()).toMatch(/^\n+$/);
  });

  it('are the same object until one of them changes, and say which lists changed', () => {
    const { sets, holds } = stage();
    expect(holds(zone('office', '192.0.2.1'), zone('lab', '192.0.2.2'))).toEqual([OFFICE, BOTH].map(listKey));
    const [office, both] = [sets.of(OFFICE), sets.of(BOTH)];
    expect(holds(zone('office', '192.0.2.1'), zone('lab', '192.0.2.3'))).toEqual([listKey(BOTH)]);
    expect(sets.of(OFFICE)).toBe(office);
    expect(sets.of(BOTH)?.sha).not.toBe(both?.sha);
  });

  it('are compared with what hosts report once they were given, and former ones count for a while', () => {
    const { sets, holds, at } = stage();
    holds(zone('office', '192.0.2.1'));
    const first = sets.of(OFFICE);
    expect(sets.wanted('g', OFFICE, 5, 60)).toBeUndefined();
    sets.gave('g', { sha: first?.sha ?? '', names: OFFICE, at: 1001 });
    expect(sets.wanted('g', OFFICE, 1003, 60)).toEqual({
      hashes: new Set([first?.hash]),
      newest: first?.hash,
      changedAt: 1003,
    });
    at(2000);
    holds(zone('office', '192.0.2.9'));
    expect(sets.owes('g', OFFICE)).toBe(true);
    const second = sets.of(OFFICE)?.hash;
    expect(sets.wanted('g', OFFICE, 5, 60)).toEqual({
      hashes: new Set([second, first?.hash]),
      newest: second,
      changedAt: 2000,
    });
    at(2061);
    expect(sets.wanted('g', OFFICE, 5, 60)?.hashes).toEqual(new Set([second]));
  });

  it('differ for an empty set more, which no hash shows', () => {
    const { sets, holds } = stage();
    holds(zone('office', '192.0.2.1'));
    expect(sets.of(['office_zv4'])?.hash).toBe(sets.of(OFFICE)?.hash);
    expect(sets.of(['office_zv4'])?.sha).not.toBe(sets.of(OFFICE)?.sha);
  });

  it('are none where sets go to all', () => {
    const { sets, holds } = stage('all');
    holds(zone('office', '192.0.2.1'));
    expect(sets.of(OFFICE)).toBeUndefined();
    expect(sets.owes('g', OFFICE)).toBe(false);
  });
});
