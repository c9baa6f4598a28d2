import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { finish } from '../../../src/firewall/finish.js';
import { FIELD_PRINTER } from '../../../src/firewall/printers.js';
import { readSetName } from '../../../src/firewall/sets/set-name.js';
import type { Document } from '../../../src/model/document.js';
import { holdingOf } from '../../../src/plan/past/holding.js';
import { KeptBodies } from '../../../src/plan/past/kept-bodies.js';
import { KeptRevisions } from '../../../src/plan/past/kept-revisions.js';
import { BodyReader } from '../../../src/set-history/body-reader.js';
import { bodyId, bodyRow, type BodyEntry } from '../../../src/set-history/body-row.js';
import { Slices } from '../../../src/world/slices.js';
import { memoryStore } from '../../support/actors/memory-store.js';

type Sets = Readonly<Record<string, readonly string[]>>;

function hashOf(sets: Sets): string {
  const rendered = Object.entries(sets).map(([name, addresses]) => {
    const { base, kind, family } = readSetName(name)!;
    return finish(FIELD_PRINTER.sets.render(base, kind, family, addresses));
  });
  return finish(FIELD_PRINTER.sets.assemble(rendered)).hash;
}

/** Rows that follow one another from the beginning, each with all that its sets held. */
async function bodies(at: number, list: readonly (readonly [number, Sets, Partial<BodyEntry>?])[]) {
  const rows = list.map(([time, sets, more], n) => {
    const sha = createHash('sha256').update(JSON.stringify(sets)).digest('hex');
    const entry = { id: bodyId(n + 1), seq: n + 1, at: time, hash: hashOf(sets), sha, chars: 1, gap: 0 };
    const changes = Object.entries(sets).map(([name, all]) => ({ name, all }));
    // A delta after an empty body, so that rows are plain to read.
    return bodyRow({ ...entry, kind: 'delta', ...more }, null, { sets: changes });
  });
  const empty = bodyRow(
    { id: bodyId(0), seq: 0, at: 0, hash: hashOf({}), sha: '', chars: 0, gap: 0, kind: 'whole' },
    null,
    { packed: 'AwA=' },
  );
  const reader = new BodyReader({ store: memoryStore({ set_history: [empty, ...rows] }), slices: new Slices() });
  return new KeptBodies(reader, await reader.entries(), at);
}

const OFFICE = { office_zv4: ['10.9.0.0/24'] };
const MOVED = { office_zv4: ['10.9.0.0/25'] };

describe('sets of a former time', () => {
  it('are those published last before it, and those of a hash', async () => {
    const rows = [
      [100, OFFICE],
      [200, MOVED],
    ] as const;
    for (const [at, sets] of [
      [100, OFFICE],
      [199, OFFICE],
      [200, MOVED],
      [999, MOVED],
    ] as const) {
      expect(await (await bodies(at, rows)).published()).toEqual(new Map(Object.entries(sets)));
      expect(await (await bodies(at, rows)).withHash(hashOf(OFFICE))).toEqual(new Map(Object.entries(OFFICE)));
    }
  });

  it('are not known where some were not kept, and it says why', async () => {
    const gap = await bodies(150, [
      [100, OFFICE],
      [200, MOVED, { gap: 2 }],
    ]);
    expect(await gap.published()).toBe('sets that were published between 100 and 200 are not kept');
    expect(await gap.withHash('f')).toBe(
      'the host held sets with the hash f, which are none that are kept (some were not kept)',
    );
    const lost = await bodies(250, [
      [100, OFFICE],
      [200, MOVED, { kind: 'lost' }],
    ]);
    expect(await lost.published()).toBe('the sets published at 200 were too large to be kept');
    expect(await lost.withHash('')).toBe('the host reported no hash of its sets');
    const damaged = await bodies(150, [[100, OFFICE, { hash: hashOf(MOVED) }]]);
    expect(await damaged.withHash(hashOf(MOVED))).toContain('have the hash');
  });

  it('are not known where one hash stands for different addresses, but are where only spelling and empty sets differ', async () => {
    // The hash loses the /32 of an IPv6 net.
    const net = { a_zv6: ['2001:db8::/32'] };
    const address = { a_zv6: ['2001:db8::'] };
    expect(hashOf(net)).toBe(hashOf(address));
    const both = await bodies(300, [
      [100, net],
      [200, address],
    ]);
    expect(await both.withHash(hashOf(net))).toContain('which of them the host held is not known');
    // What was published later can't be meant.
    expect(
      await (
        await bodies(150, [
          [100, net],
          [200, address],
        ])
      ).withHash(hashOf(net)),
    ).toEqual(new Map(Object.entries(net)));
    const other = { office_zv4: ['10.9.0.1', '10.9.0.9'] };
    const turned = { office_zv4: ['10.9.0.9', '10.9.0.1'], empty_zv4: [] };
    const alike = await bodies(300, [
      [100, other],
      [200, turned],
    ]);
    expect(await alike.withHash(hashOf(other))).toMatchObject({ size: 2 });
  });
});

describe('what a host held', () => {
  const period = { group: 'web', hash4_ipsets: 'a', hash6_ipsets: 'b', ipset_hash: 'c' };
  const host = { id: 'h', group: 'db', keepalive_timestamp: 500 } as Document;
  const periods = [
    { ...period, from: 100, to: 200 },
    { ...period, hash4_ipsets: 'x', from: 300, to: null },
  ];

  it.each([
    [99, 'what the host held is known from a later time on only'],
    [250, 'the host was not heard of then: it was silent, or changed between two reports'],
    [501, 'the host has not been heard of since'],
  ])('is not known at %i, of the group of now', (at, why) => {
    expect(holdingOf(host, periods, at)).toMatchObject({ group: 'db', hashes: null, why });
  });

  it('is what it reported, with the group that it reported', () => {
    expect(holdingOf(host, periods, 150)).toMatchObject({ group: 'web', hashes: { hash4_ipsets: 'a' }, why: null });
    expect(holdingOf(host, periods, 500)).toMatchObject({ group: 'web', hashes: { hash4_ipsets: 'x' } });
    expect(holdingOf(host, [], 500).why).toBe('nothing that the host reported is kept');
  });

  it('is the newest revision with those hashes, of each family by itself; or the former group’s', () => {
    const row = (number: number, group: string, v4: string, v6: string): Document => ({
      id: `${group}/${number}`,
      group_name: group,
      number,
      hashes: { hash4_ipsets: v4, hash6_ipsets: v6 },
      texts: `${group}${number}`,
    });
    const kept = new KeptRevisions([
      row(3, 'web', 'a', 'z'),
      row(1, 'web', 'a', 'b'),
      row(2, 'db', 'x', ''),
      { id: 'web', last: 3, texts: 'web3' },
    ]);
    const at = (time: number) => holdingOf(host, periods, time);
    expect(kept.of(at(150), 'v4')).toEqual({ number: 3, texts: 'web3' });
    expect(kept.of(at(150), 'v6')).toEqual({ number: 1, texts: 'web1' });
    expect(kept.of(at(400), 'v4')).toEqual({ number: null, texts: 'db2' });
    const foreign = { ...at(400), hashes: { hash4_ipsets: 'f', hash6_ipsets: '', ipset_hash: '' } };
    expect(kept.of(foreign, 'v4')).toBe('the host held rules with the hash f, which are no revision that is kept');
    expect(kept.of(foreign, 'v6')).toBe('the host reported no hash of its IPv6 rules');
  });
});
