import { describe, expect, it } from 'vitest';
import { Candidate, type CandidateNeeds } from '../../../src/actors/cluster/candidate.js';
import { Leadership } from '../../../src/cluster/leadership.js';
import type { Document } from '../../../src/model/document.js';
import { startGenServer, stopGenServer, type Pid } from '../../../src/otp/index.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';
import { StoreError, type Change } from '../../../src/store/store.js';
import { started } from '../../support/supervision.js';

const LEASE_MS = 6000;

/** One document and a clock: all that the candidate asks of a store. */
class FakeStore {
  lease: Document | undefined = undefined;
  away = false;
  /** How often the lease was looked at. */
  looks = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  now(): Promise<number> {
    return this.away ? Promise.reject(new StoreError('unavailable', 'away')) : Promise.resolve(this.#now());
  }

  commit(changes: readonly Change[]): ReturnType<CandidateNeeds['store']['commit']> {
    const [change] = changes;
    if (change?.op !== 'upsert') throw new Error('a candidate upserts its lease');
    this.looks += 1;
    const edited = change.edit(this.lease);
    if (!('refused' in edited)) this.lease = edited;
    return Promise.resolve({ ok: true } as unknown as Awaited<ReturnType<CandidateNeeds['store']['commit']>>);
  }
}

async function scene(lead: CandidateNeeds['lead'] = () => Promise.resolve()) {
  const v = virtualSystem();
  const store = new FakeStore(() => v.clock.now());
  const led: number[] = [];
  const lost: string[] = [];
  const gauges = new Map<string, unknown>();
  const nothing = (): undefined => undefined;
  const leadership = new Leadership({
    clock: v.clock,
    leaseMs: LEASE_MS,
    onLost: ({ term }, why) => lost.push(`${term}: ${why}`),
  });
  const actor = new Candidate({
    clock: v.clock,
    store,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    metrics: { gauge: (name: string, value: unknown) => void gauges.set(name, value) },
    leadership,
    me: () => ({ holder: `me-${lost.length + 1}`, server: 'me', name: 'me', url: 'http://me' }),
    leaseMs: LEASE_MS,
    lead: (self, lease) => {
      led.push(lease.term);
      return lead(self, lease);
    },
    standBy: () => Promise.resolve(),
    random: () => 0,
  });
  const start = async (): Promise<Pid> => {
    const pid = started(await v.run(startGenServer(v.system, actor, { label: 'candidate' })));
    await v.idle();
    return pid;
  };
  return { v, store, leadership, actor, led, lost, gauges, start };
}

describe('the candidate alone', () => {
  it('asks at once, leads, and renews four times in the time of a lease', async () => {
    const { v, store, leadership, actor, led, gauges, start } = await scene();
    await start();
    expect([led, leadership.holds(), store.looks]).toEqual([[1], true, 1]);
    expect(actor.describe()).toMatchObject({ role: 'leader', term: 1, holder: 'me-1' });
    expect([gauges.get('dog_trainer_leader'), gauges.get('dog_trainer_term')]).toEqual([1, 1]);
    await v.advance(LEASE_MS);
    expect([led, store.looks]).toEqual([[1], 5]);
    expect(store.lease).toMatchObject({ holder: 'me-1', expires_at: v.clock.now() + LEASE_MS });
  });

  it('stands by while another leads, asks six times in the time of a lease, and leads when that one is over', async () => {
    const { v, store, leadership, actor, led, gauges, start } = await scene();
    store.lease = {
      id: 'leader',
      holder: 'x',
      server: 'other',
      name: 'other',
      url: 'http://other',
      term: 3,
      expires_at: v.clock.now() + LEASE_MS,
    };
    await start();
    expect(actor.describe()).toMatchObject({ role: 'follower', term: 3, leader: 'other' });
    expect([leadership.holds(), gauges.get('dog_trainer_leader')]).toEqual([false, 0]);
    await v.advance(LEASE_MS - 1);
    expect([led, store.looks]).toEqual([[], 6]);
    await v.advance(2);
    expect([led, store.lease]).toMatchObject([[4], { holder: 'me-1', previous: 'other' }]);
  });

  it('loses the lease when the store was away for as long as it lasts, and goes on asking', async () => {
    const { v, store, leadership, actor, led, lost, start } = await scene();
    const pid = await start();
    store.away = true;
    await v.advance(LEASE_MS - 1);
    expect([leadership.holds(), actor.describe()['error']]).toEqual([true, 'away']);
    await v.advance(1);
    expect([leadership.holds(), lost]).toEqual([false, ['1: it was not renewed within 6000 ms']]);
    store.away = false;
    await v.advance(LEASE_MS);
    expect([led, v.system.isAlive(pid), v.reports]).toEqual([[1, 2], true, []]);
    expect(actor.describe()['error']).toBeUndefined();
  });

  it('asks no more once this server gives up its lease, nor when it is stopped', async () => {
    const { v, store, leadership, actor, start } = await scene();
    const pid = await start();
    leadership.close();
    await v.advance(LEASE_MS);
    expect([store.looks, actor.describe()['role']]).toEqual([1, 'stopping']);
    await v.run(stopGenServer(v.system, pid, 'shutdown'));
    await v.advance(LEASE_MS);
    expect([store.looks, v.clock.pending]).toEqual([1, 0]);
  });

  it('ends when what it leads with does not start', async () => {
    const { v, start } = await scene(() => Promise.reject(new Error('no leader_sup')));
    const pid = await start();
    expect(v.system.isAlive(pid)).toBe(false);
    expect(await v.run(v.system.exited(pid))).toMatchObject({ error: { message: 'no leader_sup' } });
  });
});
