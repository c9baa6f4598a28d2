import { describe, expect, it, onTestFinished } from 'vitest';
import { Candidate } from '../../../src/actors/cluster/candidate.js';
import { releaseLease } from '../../../src/actors/cluster/release-lease.js';
import { LEASE_ID, readLease, type Lease } from '../../../src/cluster/lease.js';
import { Leadership } from '../../../src/cluster/leadership.js';
import { createMetrics } from '../../../src/metrics/create-metrics.js';
import {
  createActorSystem,
  formatReason,
  startGenServer,
  startSupervisor,
  tree,
  type ActorSystem,
  type Pid,
} from '../../../src/otp/index.js';
import { virtualClock, type VirtualClock } from '../../../src/otp/testing/index.js';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';
import { StoreError, type Store } from '../../../src/store/store.js';

const LEASE_MS = 6000;

/** Lets commits come through: real work that no virtual timer waits for. */
async function breathe(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

interface Shared {
  readonly clock: VirtualClock;
  readonly store: Store;
  pass(ms: number): Promise<void>;
  lease(): Promise<Lease | undefined>;
}

/** One embedded store that several candidates share, on a clock that moves only when told. */
async function shared(): Promise<Shared> {
  const clock = virtualClock();
  const store = await createSqliteStore({ path: ':memory:', now: () => Math.floor(clock.now()) });
  onTestFinished(() => store.close());
  return {
    clock,
    store,
    pass: (ms) => clock.advance(ms, breathe),
    async lease() {
      const found = readLease((await store.get('setting', LEASE_ID))?.doc);
      return found.kind === 'lease' ? found.lease : undefined;
    },
  };
}

interface Runner {
  readonly system: ActorSystem;
  readonly leadership: Leadership;
  /** `level: message {fields}`. */
  readonly lines: readonly string[];
  readonly led: readonly number[];
  readonly lost: readonly string[];
  readonly crashes: readonly string[];
  /** Its way to the store: `away` fails, `held` keeps commits waiting. */
  readonly way: { away: boolean; held: Promise<void> | undefined; commits: number };
  /** The candidate that runs now. */
  pid(): Pid | undefined;
  /** Ends all of it, as kill -9 does. */
  die(): void;
}

async function run(
  { clock, store }: Shared,
  name: string,
  lead: () => Promise<void> = () => Promise.resolve(),
): Promise<Runner> {
  const lines: string[] = [];
  const led: number[] = [];
  const lost: string[] = [];
  const crashes: string[] = [];
  const way: Runner['way'] = { away: false, held: undefined, commits: 0 };
  const system = createActorSystem({
    clock,
    report: (report) => {
      if (report.kind === 'child_terminated') crashes.push(formatReason(report.reason));
    },
  });
  const line =
    (level: string) =>
    (fields: object, text: string): void =>
      void lines.push(`${level}: ${text} ${JSON.stringify(fields)}`);
  const log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  const reach = (): void => {
    if (way.away) throw new StoreError('unavailable', 'the store is away');
  };
  const own: Store = {
    ...store,
    kind: store.kind,
    now: async () => {
      reach();
      return store.now();
    },
    commit: async (changes, by) => {
      reach();
      way.commits += 1;
      await way.held;
      return store.commit(changes, by);
    },
  };
  const leadership = new Leadership({
    clock,
    leaseMs: LEASE_MS,
    onLost: ({ term }, why) => lost.push(`${term}: ${why}`),
  });
  const candidate = () =>
    new Candidate({
      clock,
      store: own,
      log,
      metrics: createMetrics(),
      leadership,
      me: () => ({ holder: `${name}-${lost.length + 1}`, server: name, name, url: `http://${name}` }),
      leaseMs: LEASE_MS,
      lead: (_self, { term }) => {
        led.push(term);
        return lead();
      },
      standBy: () => Promise.resolve(),
    });
  const started = await startSupervisor(
    system,
    () => ({
      flags: { intensity: 3, periodS: 10 },
      children: [
        {
          id: 'candidate',
          start: ({ parent }) => startGenServer(system, candidate(), { parent, name: 'candidate' }),
        },
      ],
    }),
    { name: 'top' },
  );
  if (typeof started !== 'object' || !('ok' in started)) throw new Error('not started');
  const die = (): void => {
    for (const pid of [...system.processes()]) system.exit(pid, 'kill', pid);
  };
  onTestFinished(die);
  await breathe();
  return { system, leadership, lines, led, lost, crashes, way, pid: () => system.whereis('candidate'), die };
}

describe('candidates of one store', () => {
  it('one leads and renews, the other stands by; each says so once', async () => {
    const all = await shared();
    const one = await run(all, 'one');
    const two = await run(all, 'two');
    await all.pass(10 * LEASE_MS);
    expect([one.leadership.holds(), two.leadership.holds()]).toEqual([true, false]);
    expect(one.led).toEqual([1]);
    expect(two.led).toEqual([]);
    expect(one.lines).toEqual([`info: leading {"term":1,"holder":"one-1","name":"one"}`]);
    expect(two.lines).toEqual([`info: standing by {"term":1,"holder":"one-1","name":"one"}`]);
    expect(two.leadership.leader()).toMatchObject({ name: 'one', url: 'http://one', term: 1 });
    expect(await all.lease()).toMatchObject({ holder: 'one-1', server: 'one', term: 1 });
    const root = one.system.whereis('top') as Pid;
    expect(tree(one.system, root)?.children?.[0]?.detail).toMatchObject({ role: 'leader', term: 1, holder: 'one-1' });
    // Four times a lease, and not more.
    expect(one.way.commits).toBeGreaterThanOrEqual(40);
    expect(one.way.commits).toBeLessThan(44);
  });

  it('a leader that falls silent is followed when its lease is over, by a leader with the next term', async () => {
    const all = await shared();
    const one = await run(all, 'one');
    const two = await run(all, 'two');
    await all.pass(LEASE_MS);
    one.die();
    const over = (await all.lease())?.expiresAt ?? 0;
    await all.pass(over - all.clock.now() - 1);
    expect(two.leadership.holds()).toBe(false);
    await all.pass(300);
    expect(two.led).toEqual([2]);
    expect(await all.lease()).toMatchObject({ holder: 'two-1', term: 2, previous: 'one' });
  });

  it('a leader that gives its lease up is followed at the next look', async () => {
    const all = await shared();
    const one = await run(all, 'one');
    const two = await run(all, 'two');
    await all.pass(LEASE_MS);
    expect(one.leadership.close()?.term).toBe(1);
    one.die();
    expect(await releaseLease(all.store, 'one-1')).toBe(true);
    await all.pass(LEASE_MS / 6 + 300);
    expect(two.led).toEqual([2]);
    expect(one.lost).toEqual([]);
    // What is another's now is not given up by its last holder.
    expect(await releaseLease(all.store, 'one-1')).toBe(false);
    expect(await all.lease()).toMatchObject({ holder: 'two-1' });
  });

  it('a question that was still on its way does not renew what was given up', async () => {
    const all = await shared();
    const one = await run(all, 'one');
    let go: () => void = () => undefined;
    one.way.held = new Promise((resolve) => (go = resolve));
    await all.pass(LEASE_MS / 4);
    one.leadership.close();
    await releaseLease(all.store, 'one-1');
    go();
    await breathe();
    expect(await all.lease()).toMatchObject({ holder: 'one-1', expiresAt: 0 });
  });

  it('a leader whose store is away leads until its own clocks say that it is over, and no longer', async () => {
    const all = await shared();
    const one = await run(all, 'one');
    const two = await run(all, 'two');
    one.way.away = true;
    await all.pass(LEASE_MS - 1);
    expect(one.leadership.holds()).toBe(true);
    expect(one.lost).toEqual([]);
    await all.pass(1);
    expect(one.lost).toEqual([`1: it was not renewed within ${LEASE_MS} ms`]);
    // While it cannot ask, the other one takes the lease; both could, once it can.
    await all.pass(2 * LEASE_MS);
    one.way.away = false;
    await all.pass(LEASE_MS);
    expect(two.led).toEqual([2]);
    expect([one.led, one.lost.length, one.leadership.holds()]).toEqual([[1], 1, false]);
    expect(one.lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
    // It stands by like any other: when the new one falls silent, it leads again.
    expect(one.leadership.leader()).toMatchObject({ name: 'two', term: 2 });
    two.die();
    await all.pass(2 * LEASE_MS);
    expect([one.led, one.leadership.lease()]).toMatchObject([[1, 3], { holder: 'one-2', term: 3, previous: 'two' }]);
  });

  it('one that is alone leads again with the next term when its store is back', async () => {
    const all = await shared();
    const one = await run(all, 'one');
    for (let term = 2; term < 5; term += 1) {
      one.way.away = true;
      await all.pass(2 * LEASE_MS);
      expect(one.leadership.holds()).toBe(false);
      one.way.away = false;
      await all.pass(2 * LEASE_MS);
      expect(one.leadership.lease()).toMatchObject({ term, holder: `one-${term}`, previous: 'one' });
    }
    expect(one.led).toEqual([1, 2, 3, 4]);
    expect(one.lines.filter((line) => line.includes('standing by'))).toEqual([]);
  });

  it('a renewal that is answered after the loss gives nothing back; what it holds in the store runs out', async () => {
    const all = await shared();
    const one = await run(all, 'one');
    let go: () => void = () => undefined;
    one.way.held = new Promise((resolve) => (go = resolve));
    await all.pass(2 * LEASE_MS);
    expect([one.lost.length, one.leadership.holds()]).toEqual([1, false]);
    one.way.held = undefined;
    go();
    await breathe();
    expect(one.leadership.holds()).toBe(false);
    await all.pass(3 * LEASE_MS);
    expect([one.led, one.leadership.lease()]).toMatchObject([[1, 2], { term: 2, holder: 'one-2' }]);
  });

  it('a short outage costs nobody anything', async () => {
    const all = await shared();
    const one = await run(all, 'one');
    const two = await run(all, 'two');
    for (const { way } of [one, two]) way.away = true;
    await all.pass(LEASE_MS / 2);
    for (const { way } of [one, two]) way.away = false;
    await all.pass(3 * LEASE_MS);
    expect([one.led, one.lost, two.led]).toEqual([[1], [], []]);
    expect(one.lines.at(-1)).toContain('the store says again who leads');
    expect(one.crashes).toEqual([]);
  });

  it('a leader that finds another in its place has lost', async () => {
    const all = await shared();
    const one = await run(all, 'one');
    await all.store.commit(
      [
        {
          op: 'edit',
          table: 'setting',
          id: LEASE_ID,
          edit: (doc) => ({ ...doc, holder: 'x', name: 'thief', term: 5, expires_at: all.clock.now() + 99_999 }),
        },
      ],
      { author: 'test' },
    );
    await all.pass(LEASE_MS / 4);
    expect(one.lost).toEqual(['1: thief leads with term 5']);
  });

  it('a damaged lease counts as none, with a warning that names the field, and terms go on', async () => {
    const all = await shared();
    const doc = { id: LEASE_ID, holder: 'x', server: 'x', name: 'x', url: 7, term: 8, expires_at: 9e15 };
    await all.store.commit([{ op: 'create', table: 'setting', doc }], { author: 'test' });
    const one = await run(all, 'one');
    expect(one.led).toEqual([9]);
    expect(one.lines.filter((line) => line.startsWith('warn'))).toEqual([
      expect.stringContaining('"fault":"url must be a string"'),
    ]);
  });

  it('a candidate that crashes costs no lease: its successor renews, and sees that the work is started', async () => {
    const all = await shared();
    const one = await run(all, 'one');
    const before = one.pid() as Pid;
    one.system.exit(before, 'kill', before);
    await breathe();
    expect(one.pid()).not.toBe(before);
    await all.pass(3 * LEASE_MS);
    expect([one.led, one.lost, one.leadership.holds()]).toEqual([[1, 1], [], true]);
  });

  it('work that does not start ends the candidate, and in the end its supervisor', async () => {
    const all = await shared();
    const one = await run(all, 'one', () => Promise.reject(new Error('no leader_sup')));
    await all.pass(1000);
    expect(one.system.whereis('top')).toBeUndefined();
    expect(one.crashes.every((crash) => crash.includes('no leader_sup'))).toBe(true);
    expect(one.led.length).toBe(4);
  });
});
