import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.js';
import { StoreError } from '../../src/store/store.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { BY, create, patch, remove, written } from '../store/suite/harness.js';

const FULL = process.env['TRIALS'] === 'full';
const FLIPS = FULL ? 2_000 : 100;
const CUTS = FULL ? 500 : 40;
const SUFFIXES = ['', '-wal', '-shm'] as const;

/** The files of a store at one moment, as a power cut or a kill would leave them. */
type Image = ReadonlyMap<(typeof SUFFIXES)[number], Buffer>;

/** What opening a damaged store led to. */
interface Outcome {
  /** The policy that it shows, or why it was refused. */
  readonly policy?: string;
  readonly refused?: StoreError;
  readonly notices: readonly string[];
}

let folder: string;
let path: string;
/** Closed in order. */
let closed: Image;
/** Killed: the newest commits are only in the log, which has been begun anew once. */
let killed: Image;
/** Every policy that ever was, by its hash: the number of the commit after which it was. */
const past = new Map<string, number>();
let last: string;

/** Trial 3, the store's part: never silently wrong policy. */
describe('a damaged store', () => {
  beforeAll(async () => {
    ({ closed, killed } = await makeImages());
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(`with one flipped byte of the database is refused, or shows the policy as it was (${FLIPS} flips)`, async () => {
    const size = closed.get('')?.length ?? 0;
    const counts = { refused: 0, harmless: 0 };
    for (const at of places(FLIPS, size)) {
      const outcome = await openDamaged(closed, '', (file) => flip(file, at));
      if (outcome.refused === undefined) {
        expect(outcome.policy, `byte ${at} flipped`).toBe(last);
        counts.harmless += 1;
      } else counts.refused += 1;
    }
    expect(counts.refused).toBeGreaterThan(0);
    report('byte of the database flipped', counts);
  }, 1_200_000);

  it('with one flipped digit of an address is refused, wherever that digit is still in use', async () => {
    const file = closed.get('') ?? Buffer.alloc(0);
    const counts = { refused: 0, harmless: 0 };
    let found = 0;
    for (let at = file.indexOf('192.0.2.'); at !== -1; at = file.indexOf('192.0.2.', at + 1)) {
      found += 1;
      if (!FULL && found % 5 !== 0) continue;
      const outcome = await openDamaged(closed, '', (whole) => flip(whole, at + 8));
      if (outcome.refused === undefined) {
        expect(outcome.policy).toBe(last);
        counts.harmless += 1;
      } else {
        expect(outcome.refused.message).toMatch(/does not match its check sum/);
        counts.refused += 1;
      }
    }
    // 200 groups hold one each; the rest is in the audit trail and in pages no longer in use.
    expect(counts.refused).toBeGreaterThanOrEqual(FULL ? 200 : 30);
    report('digit of an address flipped', counts);
  }, 1_200_000);

  it(`cut short is refused, or shows the policy as it was (${CUTS} cuts)`, async () => {
    const size = closed.get('')?.length ?? 0;
    const counts = { refused: 0, harmless: 0 };
    for (const at of [0, 1, 99, 100, 511, 512, 4_096, ...places(CUTS, size)]) {
      const { refused, policy } = await openDamaged(closed, '', (file) => file.subarray(0, at));
      if (refused === undefined) {
        expect(policy, `cut to ${at} bytes`).toBe(last);
        counts.harmless += 1;
        continue;
      }
      expect(refused.code, `cut to ${at} bytes`).toBe('corrupt');
      expect(refused.message).toContain(path);
      expect(refused.message).toContain('dog-trainer restore');
      counts.refused += 1;
    }
    // Only what is cut from within the last page, when nobody uses that, does no harm.
    expect(counts.harmless).toBeLessThanOrEqual(1 + CUTS / 50);
    report('database cut', counts);
  }, 1_200_000);

  it(`with one flipped byte of the log shows the newest policy, or says what it dropped (${FLIPS} flips)`, async () => {
    for (const index of [true, false]) {
      const image = without(killed, index ? undefined : '-shm');
      const size = image.get('-wal')?.length ?? 0;
      const counts = { refused: 0, whole: 0, said: 0 };
      for (const at of [0, 5, 9, 13, 17, 24, 31, ...places(FLIPS / 2, size)]) {
        const outcome = await openDamaged(image, '-wal', (file) => flip(file, at));
        counts[judge(outcome, `byte ${at} flipped`)] += 1;
      }
      expect(counts.said).toBeGreaterThan(0);
      report(`byte of the log flipped (${index ? 'process killed' : 'power cut'})`, counts);
    }
  }, 1_200_000);

  it(`with the log cut short shows the newest policy, or says what it dropped (${CUTS} cuts)`, async () => {
    const size = killed.get('-wal')?.length ?? 0;
    const counts = { refused: 0, whole: 0, said: 0 };
    for (const at of [0, 1, 31, 32, 33, ...places(CUTS, size)]) {
      const outcome = await openDamaged(killed, '-wal', (file) => file.subarray(0, at));
      counts[judge(outcome, `log cut to ${at} bytes`)] += 1;
    }
    expect(counts.said).toBeGreaterThan(0);
    report('log cut', counts);
  }, 1_200_000);

  it('whose log is gone says so', async () => {
    for (const image of [without(killed, '-wal'), without(without(killed, '-wal'), '-shm')]) {
      const outcome = await openDamaged(image, '', (file) => file);
      expect(judge(outcome, 'log removed')).toBe('said');
      expect(outcome.notices.join()).toContain(`${path}-wal is gone`);
    }
  });

  it('whose file is gone but not its log is refused, not begun anew', async () => {
    const { refused } = await openDamaged(without(killed, ''), '-wal', (file) => file);
    expect(refused?.code).toBe('corrupt');
    expect(refused?.message).toContain('is missing');
  });

  it('that is an earlier version in part is refused', async () => {
    // A page that the disk did not write: each row on it still matches its own check sum.
    const now = closed.get('') ?? Buffer.alloc(0);
    const earlier = killed.get('') ?? Buffer.alloc(0);
    const counts = { refused: 0, harmless: 0 };
    for (let page = 1; page * 4_096 < Math.min(now.length, earlier.length); page++) {
      const [from, to] = [page * 4_096, (page + 1) * 4_096];
      if (now.compare(earlier, from, to, from, to) === 0) continue;
      const outcome = await openDamaged(closed, '', (file) => {
        const copy = Buffer.from(file);
        earlier.copy(copy, from, from, to);
        return copy;
      });
      if (outcome.refused !== undefined) counts.refused += 1;
      else {
        expect(outcome.policy, `page ${page} of an earlier version`).toBe(last);
        counts.harmless += 1;
      }
    }
    expect(counts.refused).toBeGreaterThan(0);
    report('page not written', counts);
  }, 600_000);

  it('undamaged opens in silence, and after a kill says only that', async () => {
    expect(await openDamaged(closed, '', (file) => file)).toEqual({ policy: last, notices: [] });
    const outcome = await openDamaged(killed, '', (file) => file);
    expect(outcome.policy).toBe(last);
    expect(outcome.notices).toEqual([`${path} was not closed by its last server; what its log held was recovered`]);
  });
});

/** Refused, or the newest policy, or an older one that really was, with a word of what was dropped. */
function judge({ policy, refused, notices }: Outcome, what: string): 'refused' | 'whole' | 'said' {
  if (refused !== undefined) return 'refused';
  if (policy === last) return 'whole';
  expect(past.has(policy ?? ''), `${what}: a policy that never was`).toBe(true);
  expect(notices.join('\n'), what).toMatch(/dropped|missing or damaged|is gone/);
  return 'said';
}

async function openDamaged(
  image: Image,
  suffix: (typeof SUFFIXES)[number],
  damage: (file: Buffer) => Buffer,
): Promise<Outcome> {
  for (const each of SUFFIXES) {
    const file = image.get(each);
    if (file === undefined) rmSync(path + each, { force: true });
    else writeFileSync(path + each, each === suffix ? damage(file) : file);
  }
  const notices: string[] = [];
  try {
    const store = await createSqliteStore({ path, notice: (message) => notices.push(message) });
    const policy = await policyOf(store);
    await store.close();
    return { policy, notices };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    expect(['corrupt', 'incompatible']).toContain(error.code);
    return { refused: error, notices };
  } finally {
    for (const each of SUFFIXES) rmSync(path + each, { force: true });
  }
}

async function makeImages(): Promise<{ closed: Image; killed: Image }> {
  folder = mkdtempSync(join(tmpdir(), 'dog-test-'));
  path = join(folder, 'dog_trainer.db');
  const store = await createSqliteStore({ path, audit: { rows: 50 }, history: { rows: 50 } });
  let commit = 0;
  const note = async () => past.set(await policyOf(store), ++commit);
  // More pages than a checkpoint waits for, twice over, so that the log was begun anew and holds old frames.
  for (let i = 0; i < 60; i++) {
    written(
      await store.commit([create('zone', { id: `z${i}`, name: `zone ${i}`, ipv4_addresses: [`10.0.${i}.1`] })], BY),
    );
    await note();
  }
  for (let i = 0; i < 180; i++) {
    written(await store.commit([patch('zone', `z${i % 60}`, { filler: 'y'.repeat(20_000 + i) })], BY));
    await note();
  }
  for (let i = 0; i < 200; i++) {
    const step = i % 5 === 4 ? remove('zone', `z${Math.floor(i / 5)}`) : patch('zone', 'z59', { filler: `small ${i}` });
    written(await store.commit([step, create('group', { id: `g${i}`, address: `192.0.2.${i}` })], BY));
    await note();
  }
  last = await policyOf(store);
  const killedImage = filesOf();
  await store.close();
  return { closed: filesOf(), killed: killedImage };
}

function filesOf(): Image {
  const image = new Map<(typeof SUFFIXES)[number], Buffer>();
  for (const suffix of SUFFIXES) {
    if (!existsSync(path + suffix)) continue;
    // Not opened by this process: closing a descriptor of its own would drop SQLite's locks on the file.
    image.set(suffix, execFileSync('cat', [path + suffix], { maxBuffer: 1 << 28 }));
  }
  return image;
}

async function policyOf(store: Store): Promise<string> {
  const zones = await store.list('zone');
  const groups = await store.list('group');
  return createHash('sha256')
    .update(JSON.stringify([zones, groups]))
    .digest('hex');
}

function flip(file: Buffer, at: number): Buffer {
  const copy = Buffer.from(file);
  const byte = copy[at] ?? 0;
  copy[at] = byte ^ (1 << (at % 8));
  return copy;
}

function without(image: Image, suffix: (typeof SUFFIXES)[number] | undefined): Image {
  return new Map([...image].filter(([each]) => each !== suffix));
}

/** `count` random places below `size`, each in a stretch of its own so that the whole file is covered. */
function places(count: number, size: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => Math.floor(((i + Math.random()) * size) / count));
}

function report(what: string, counts: object): void {
  process.stdout.write(`trial 3: ${what}: ${JSON.stringify(counts)}\n`);
}
