import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/firewall/dialect.js';
import { finish } from '../../src/firewall/finish.js';
import { FIELD_PRINTER } from '../../src/firewall/printers.js';
import { canonicalSet } from '../../src/firewall/sets/canonical-set.js';
import { readSetName } from '../../src/firewall/sets/set-name.js';
import { virtualClock } from '../../src/otp/testing/index.js';
import { BodyReader } from '../../src/set-history/body-reader.js';
import type { BodyEntry } from '../../src/set-history/body-row.js';
import type { Contents } from '../../src/set-history/set-changes.js';
import { type NotedBody, SetHistory } from '../../src/set-history/set-history.js';
import { StoreError } from '../../src/store/store.js';
import { Slices } from '../../src/world/slices.js';
import { memoryStore, type MemoryStore } from '../support/actors/memory-store.js';

const slices = new Slices();
const BOUNDS = { keep: 1000, keep_days: 10, max_bytes: 1 << 20 };

function rendered(contents: Contents) {
  return [...contents].map(([name, addresses]) => {
    const { base, kind, family } = readSetName(name)!;
    return finish(FIELD_PRINTER.sets.render(base, kind, family, addresses));
  });
}

/** A body as the publisher has it. */
function body(contents: Contents): NotedBody {
  const { text, hash } = finish(FIELD_PRINTER.sets.assemble(rendered(contents)));
  return { contents, hash, sha: createHash('sha256').update(text).digest('hex') };
}

function one(addresses: readonly string[], name = 'office_zv4'): NotedBody {
  return body(new Map([[name, addresses]]));
}

function stage({ store = memoryStore(), bounds = {} } = {}) {
  const clock = virtualClock(1_000_000_000);
  const told: string[] = [];
  const log = (word: string) => (_fields: object, text?: string) => void told.push(`${word}: ${text}`);
  const history = new SetHistory({
    store,
    slices,
    clock,
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    config: { set_history: { ...BOUNDS, ...bounds } },
    random: () => 0,
  });
  const reader = () => new BodyReader({ store, slices });
  return {
    store,
    clock,
    told,
    history,
    reader,
    write: async (...bodies: readonly NotedBody[]) => {
      for (const each of bodies) {
        history.note(each);
        await history.settled();
      }
    },
    entries: () => reader().entries(),
  };
}

async function contentsOf(store: MemoryStore, entry: BodyEntry, entries: readonly BodyEntry[]): Promise<Contents> {
  return new BodyReader({ store, slices }).contents(entry, entries);
}

const ADDRESSES = fc.oneof(
  fc.integer({ min: 0, max: 40 }).map((n) => `10.0.0.${n}`),
  fc.integer({ min: 0, max: 15 }).map((n) => `10.0.${n}.0/24`),
  fc.constantFrom('10.0.0.1/32', '0.0.0.0/0', '192.0.2.0/25'),
);
const ADDRESSES_6 = fc.constantFrom('2001:db8::1', '2001:db8::/32', '2001:db8::/64', '::1/128', 'fe80::/10');
const BASES = fc.constantFrom('a', 'a_gv4', 'web', 'ü', 'q1#web');

function bodies(dialect: Dialect) {
  const set = fc.record({
    base: BASES,
    kind: fc.constantFrom('g', 'z'),
    four: fc.array(ADDRESSES),
    six: fc.array(ADDRESSES_6),
  });
  return fc.array(fc.array(set, { maxLength: 4 }), { minLength: 1, maxLength: 12 }).map((list) =>
    list.map((sets) => {
      const contents = new Map<string, readonly string[]>();
      for (const { base, kind, four, six } of sets) {
        contents.set(`${base}_${kind}v4`, canonicalSet(four, 'v4', dialect, 'given').addresses);
        contents.set(`${base}_${kind}v6`, canonicalSet(six, 'v6', dialect, 'given').addresses);
      }
      return body(contents);
    }),
  );
}

describe('what sets held', () => {
  it.each(['dog1', 'dog2'] as const)('any row of bodies is what it was, put together again (%s)', async (dialect) => {
    await fc.assert(
      fc.asyncProperty(bodies(dialect), fc.integer({ min: 4, max: 40 }), async (list, keep) => {
        const { store, write, entries } = stage({ bounds: { keep: keep * 4 } });
        await write(...list);
        const kept = await entries();
        const told = list.filter(({ sha }, at) => sha !== list[at - 1]?.sha);
        expect(kept.map(({ hash, sha }) => [hash, sha])).toEqual(told.map(({ hash, sha }) => [hash, sha]));
        for (const [at, entry] of kept.entries()) {
          const contents = await contentsOf(store, entry, kept);
          // Sets may stand in another order: their text does not depend on it.
          expect(body(contents)).toMatchObject({ hash: entry.hash, sha: entry.sha });
          expect([...contents].sort()).toEqual([...(told[at]?.contents ?? [])].sort());
        }
      }),
      { numRuns: 60 },
    );
  });

  it('a zone of 60,000 that changes by one address costs bytes for one address', async () => {
    const many = Array.from({ length: 60_000 }, (_, n) => `10.${n >> 15}.${(n >> 7) & 255}.${(n & 127) * 2}`);
    const { write, entries, store } = stage({ bounds: { max_bytes: 64 << 20 } });
    const rest = body(
      new Map([
        ['office_zv4', many],
        ['web_gv4', ['192.0.2.1']],
      ]),
    );
    const without = many.toSpliced(30_000, 1);
    const moved = body(
      new Map([
        ['office_zv4', without],
        ['web_gv4', ['192.0.2.1']],
      ]),
    );
    const added = body(
      new Map([
        ['office_zv4', without],
        ['web_gv4', ['192.0.2.1', '192.0.2.2']],
      ]),
    );
    await write(rest, moved, added);
    const kept = await entries();
    expect(kept.map(({ kind }) => kind)).toEqual(['whole', 'delta', 'delta']);
    const rows = store.rows('set_history');
    for (const row of rows.slice(1)) expect(JSON.stringify(row).length).toBeLessThan(500);
    expect(rows[1]?.['sets']).toEqual([{ name: 'office_zv4', removed: [many[30_000]], added: [] }]);
    expect(rows[2]?.['sets']).toEqual([{ name: 'web_gv4', removed: [], added: [[1, '192.0.2.2']] }]);
    expect(await contentsOf(store, kept[1]!, kept)).toEqual(moved.contents);
  });

  it('after a restart, what changed meanwhile is one delta, and what did not change adds nothing', async () => {
    const first = stage();
    await first.write(one(['10.0.0.1', '10.0.0.2', '10.0.0.3']));
    const again = stage({ store: first.store });
    await again.write(one(['10.0.0.1', '10.0.0.2', '10.0.0.3']));
    expect(await again.entries()).toHaveLength(1);
    const changed = stage({ store: first.store });
    await changed.write(one(['10.0.0.1', '10.0.0.3', '10.0.0.4']));
    expect((await changed.entries()).map(({ seq, kind }) => [seq, kind])).toEqual([
      [1, 'whole'],
      [2, 'delta'],
    ]);
  });

  it('an outage of the store is a state: nothing is lost but what is too much, which is told as a gap', async () => {
    const { history, store, clock, write, entries, told } = stage();
    await write(one(['10.0.0.1']));
    store.failure = new StoreError('unavailable', 'gone for a walk');
    for (let n = 2; n <= 40; n += 1) {
      history.note(one([`10.0.0.${n}`]));
      await history.settled();
    }
    expect(history.status()).toEqual({ state: 'waits', waiting: 32, given_up: 7, reason: 'gone for a walk' });
    expect(await Promise.resolve(told)).toEqual(['warn: the store does not take the history of sets; trying again']);
    store.failure = undefined;
    await clock.advance(10_000, () => history.settled());
    expect(history.status()).toEqual({ state: 'idle', waiting: 0, given_up: 7 });
    const kept = await entries();
    expect(kept).toHaveLength(33);
    expect(kept.map(({ gap }) => gap)).toEqual([...Array.from({ length: 32 }, () => 0), 7]);
    expect(await contentsOf(store, kept[32]!, kept)).toEqual(new Map([['office_zv4', ['10.0.0.40']]]));
    // The time is when it was published, not when the store took it.
    expect(new Set(kept.map(({ at }) => at))).toEqual(new Set([1_000_000]));
  });

  it('keeps what its bounds allow: number, age, room; the newest always', async () => {
    const few = stage({ bounds: { keep: 8 } });
    for (let n = 0; n < 50; n += 1) {
      await few.write(one([`10.0.0.${n}`]));
      const kept = await few.entries();
      expect(kept.length).toBeLessThanOrEqual(8);
      expect(kept[0]?.kind).toBe('whole');
      for (const entry of kept) expect((await contentsOf(few.store, entry, kept)).size).toBe(1);
    }
    const old = stage({ bounds: { keep: 8 } });
    await old.write(one(['10.0.0.1']), one(['10.0.0.2']), one(['10.0.0.3']));
    await old.clock.advance(11 * 86_400_000);
    await old.write(one(['10.0.0.4']));
    // The third is what hosts had until now.
    expect((await old.entries()).map(({ seq }) => seq)).toEqual([3, 4]);
    const small = stage({ bounds: { max_bytes: 20_000 } });
    for (let n = 0; n < 100; n += 1) await small.write(one(Array.from({ length: 20 }, (_, at) => `10.${n}.${at}.1`)));
    const kept = await small.entries();
    expect(kept.reduce((sum, { chars }) => sum + chars, 0)).toBeLessThanOrEqual(20_000);
    expect(kept.length).toBeGreaterThan(20);
  });

  it('what is too large to be kept is told so, and what comes after it is kept again', async () => {
    const { write, entries, store } = stage({ bounds: { max_bytes: 4000 } });
    const random = (n: number) => createHash('md5').update(String(n)).digest();
    const large = Array.from({ length: 400 }, (_, n) => [...random(n).subarray(0, 4)].join('.'));
    await write(one(['10.0.0.1']), one(large), one(['10.0.0.2']));
    const kept = await entries();
    expect(kept.map(({ kind }) => kind)).toEqual(['whole', 'lost', 'whole']);
    await expect(contentsOf(store, kept[1]!, kept)).rejects.toThrow('were too large to be kept');
    expect(await contentsOf(store, kept[2]!, kept)).toEqual(new Map([['office_zv4', ['10.0.0.2']]]));
  });

  it('answers nothing from rows that are damaged or gone, and goes on with a whole body', async () => {
    const { write, entries, store } = stage();
    await write(
      one(['10.0.0.1', '10.0.0.2', '10.0.0.3']),
      one(['10.0.0.1', '10.0.0.2', '10.0.0.4']),
      one(['10.0.0.2', '10.0.0.4', '10.0.0.5']),
    );
    const kept = await entries();
    const row = store.rows('set_history')[1]!;
    const put = (doc: typeof row) =>
      store.commit([{ op: 'upsert', table: 'set_history', id: row.id, edit: () => doc }], { author: 'x' });
    await put({ ...row, sets: [{ name: 'office_zv4', removed: ['10.0.0.3'], added: [[2, '10.0.0.9']] }] });
    await expect(contentsOf(store, kept[1]!, kept)).rejects.toThrow('have the hash');
    await put({ ...row, sets: [{ name: 'office_zv4', removed: ['10.0.0.7'], added: [] }] });
    await expect(contentsOf(store, kept[2]!, kept)).rejects.toThrow('does not fit');
    await put({ ...row, sets: 'x' });
    await expect(contentsOf(store, kept[1]!, kept)).rejects.toThrow('not a list');
    await store.commit([{ op: 'remove', table: 'set_history', id: row.id }], { author: 'x' });
    await expect(contentsOf(store, kept[2]!, kept)).rejects.toThrow('not kept any more');
    const fresh = await entries();
    await expect(contentsOf(store, fresh[1]!, fresh)).rejects.toThrow('build on others');
    const later = stage({ store });
    await later.write(one(['10.0.0.6']));
    expect(later.told).toEqual(['error: what the last kept sets held is not known; the next ones are kept whole']);
    const all = await later.entries();
    expect(all.map(({ seq, kind }) => [seq, kind])).toEqual([
      [1, 'whole'],
      [3, 'delta'],
      [4, 'whole'],
    ]);
    expect(await contentsOf(store, all[2]!, all)).toEqual(new Map([['office_zv4', ['10.0.0.6']]]));
  });

  it('writes nothing more once it is stopped', async () => {
    const { history, store } = stage();
    history.stop();
    history.note(one(['10.0.0.1']));
    await history.settled();
    expect([store.commits.length, history.status().state]).toEqual([0, 'stopped']);
  });
});
