import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { momentOf, type Moment } from '../../src/cluster/deadline.js';
import { decideLease, type Decision } from '../../src/cluster/decide-lease.js';
import { leaseDocument, readLease, type Lease } from '../../src/cluster/lease.js';
import { Leadership } from '../../src/cluster/leadership.js';
import type { Document } from '../../src/model/document.js';
import { virtualClock } from '../../src/otp/testing/index.js';

const LEASE_MS = 100;
/** What holds must hold by the clocks alone. */
const NO_TIMERS = { setTimer: () => ({}), clearTimer: () => undefined };

/** What may happen next, to candidate `who`. An ask has four steps, and anything may happen between them. */
type Event =
  | { readonly type: 'pass'; readonly ms: number }
  | { readonly type: 'step' | 'stop' | 'restart'; readonly who: number }
  /** Its answer from the store is lost, whether or not it was written. */
  | { readonly type: 'forget'; readonly who: number }
  /** The machine of an even candidate sleeps: its monotonic clock stands still. */
  | { readonly type: 'sleep' | 'wake'; readonly who: number }
  /** Somebody sets the wall clock of an odd candidate. */
  | { readonly type: 'set_clock'; readonly who: number; readonly by: number };

const COUNT = 3;
const who = fc.nat(COUNT - 1);
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ type: fc.constant('step' as const), who }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 60 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom('forget' as const, 'sleep', 'wake', 'stop', 'restart', 'restart'),
      who,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('set_clock' as const), who, by: fc.integer({ min: -500, max: 500 }) }),
  },
);

/** One document, one clock: what the store promises. */
class Shared {
  time = 1_000_000;
  doc: Document | undefined = undefined;
  /** Every lease ever written. */
  readonly written: Lease[] = [];
}

class Candidate {
  readonly #shared: Shared;
  readonly #name: string;
  #incarnation = 0;
  monotonic = 0;
  wall = 777;
  asleep = false;
  leadership: Leadership;
  #pending: { step: 'asked' | 'told' | 'written'; asked: Moment; now: number; decision?: Decision } | undefined;

  constructor(shared: Shared, name: string) {
    this.#shared = shared;
    this.#name = name;
    this.leadership = this.#fresh();
  }

  #fresh(): Leadership {
    this.#incarnation += 1;
    const clock = { now: () => this.wall, monotonic: () => this.monotonic, ...NO_TIMERS };
    // It stands by again, as somebody else.
    return new Leadership({ clock, leaseMs: LEASE_MS, onLost: () => void (this.#incarnation += 1) });
  }

  get #holder(): string {
    return `${this.#name}/${this.#incarnation}`;
  }

  restart(): void {
    this.leadership = this.#fresh();
    this.#pending = undefined;
  }

  forget(): void {
    this.#pending = undefined;
  }

  pass(ms: number): void {
    this.wall += ms;
    if (!this.asleep) this.monotonic += ms;
  }

  step(): void {
    if (this.asleep || this.leadership.closed) return;
    const pending = this.#pending;
    if (pending === undefined) {
      const clock = { now: () => this.wall, monotonic: () => this.monotonic };
      this.#pending = { step: 'asked', asked: momentOf(clock), now: 0 };
    } else if (pending.step === 'asked') {
      pending.now = this.#shared.time;
      pending.step = 'told';
    } else if (pending.step === 'told') {
      const me = { holder: this.#holder, server: this.#name, name: this.#name, url: '' };
      const found = readLease(this.#shared.doc);
      const known = this.leadership.known;
      pending.decision = decideLease({ found, known, me, now: pending.now, leaseMs: LEASE_MS });
      if (pending.decision.kind === 'take') {
        this.#shared.doc = leaseDocument(pending.decision.lease);
        this.#shared.written.push(pending.decision.lease);
      }
      pending.step = 'written';
    } else {
      const { decision, asked } = pending;
      this.#pending = undefined;
      // A renewal that was on its way while the lease was lost is nobody's.
      if (decision?.kind === 'take' && decision.lease.holder === this.#holder)
        this.leadership.won(decision.lease, asked);
      if (decision?.kind === 'wait') this.leadership.follow(decision.lease);
    }
  }

  stop(): void {
    const held = this.leadership.close();
    const found = readLease(this.#shared.doc);
    if (held === undefined || found.kind !== 'lease' || found.lease.holder !== held.holder) return;
    this.#shared.doc = leaseDocument({ ...found.lease, expiresAt: 0 });
  }
}

describe('however candidates, clocks and the store interleave', () => {
  it('one leads at a time, no longer than the store says, and every holder has a term of its own', () => {
    let leaders = 0;
    fc.assert(
      fc.property(fc.array(event, { minLength: 60, maxLength: 200, size: 'max' }), (events) => {
        const shared = new Shared();
        const candidates = Array.from({ length: COUNT }, (_, index) => new Candidate(shared, `c${index}`));
        for (const each of events) {
          if (each.type === 'pass') {
            shared.time += each.ms;
            for (const candidate of candidates) candidate.pass(each.ms);
          } else {
            const candidate = candidates[each.who] as Candidate;
            const sleeps = each.who % 2 === 0;
            if (each.type === 'step') candidate.step();
            if (each.type === 'stop') candidate.stop();
            if (each.type === 'restart') candidate.restart();
            if (each.type === 'forget') candidate.forget();
            if (each.type === 'sleep' && sleeps) candidate.asleep = true;
            if (each.type === 'wake') candidate.asleep = false;
            if (each.type === 'set_clock' && !sleeps) candidate.wall += each.by;
          }
          const leading = candidates.filter(({ leadership }) => !leadership.closed && leadership.holds());
          leaders += leading.length;
          expect(leading.length).toBeLessThanOrEqual(1);
          for (const { leadership } of leading) {
            const lease = leadership.lease();
            expect(shared.time).toBeLessThan(lease?.expiresAt ?? 0);
            expect(shared.time + leadership.leftMs()).toBeLessThanOrEqual(lease?.expiresAt ?? 0);
          }
        }
        const { written } = shared;
        written.forEach((lease, index) => {
          const before = written[index - 1];
          expect(lease.term).toBe((before?.term ?? 0) + (before?.holder === lease.holder ? 0 : 1));
        });
      }),
      { numRuns: 300 },
    );
    // Or nothing of the above was ever put to the test.
    expect(leaders).toBeGreaterThan(3000);
  });
});

describe('a process that leads', () => {
  const lease: Lease = {
    holder: 'h',
    server: 's',
    name: 'n',
    url: '',
    term: 7,
    expiresAt: 100,
    previous: undefined,
  };
  const at = () => {
    const time = { monotonic: 0, wall: 0 };
    const lost: string[] = [];
    const clock = { now: () => time.wall, monotonic: () => time.monotonic, ...NO_TIMERS };
    const leadership = new Leadership({ clock, leaseMs: 100, onLost: ({ term }, why) => lost.push(`${term}: ${why}`) });
    return { time, lost, leadership };
  };

  it('loses it once, by whichever clock saw more time pass, and leads again with a higher term only', () => {
    for (const clock of ['monotonic', 'wall'] as const) {
      const { time, lost, leadership } = at();
      expect(leadership.won(lease, { monotonic: 0, wall: 0 })).toBe(true);
      time[clock] = 99;
      expect(leadership.holds()).toBe(true);
      time[clock] = 100;
      expect(leadership.holds()).toBe(false);
      expect(leadership.lease()).toBeUndefined();
      expect(lost).toEqual(['7: it was not renewed within 100 ms']);
      const now = { ...time };
      expect(leadership.won(lease, now)).toBe(false);
      expect(leadership.holds()).toBe(false);
      expect(leadership.won({ ...lease, holder: 'next', term: 8 }, now)).toBe(true);
      expect(leadership.lease()?.term).toBe(8);
      expect(leadership.won(lease, now)).toBe(false);
      expect(lost).toHaveLength(1);
    }
  });

  it('loses it when another leads, and does not take an answer that came too late', () => {
    const { time, lost, leadership } = at();
    leadership.won(lease, { monotonic: 0, wall: 0 });
    leadership.follow({ ...lease, name: 'other', term: 8 });
    expect(lost).toEqual(['7: other leads with term 8']);
    const late = at();
    late.time.monotonic = 100;
    expect(late.leadership.won(lease, { monotonic: 0, wall: 0 })).toBe(false);
    expect(late.leadership.closed).toBe(false);
    expect(time.monotonic).toBe(0);
  });

  it('gives it up in an ordered stop, without having lost it', () => {
    const { lost, leadership } = at();
    leadership.won(lease, { monotonic: 0, wall: 0 });
    expect(leadership.close()).toEqual(lease);
    expect(leadership.closed).toBe(true);
    expect(lost).toEqual([]);
  });

  it('is told when its time is over, by a timer of its own', async () => {
    const clock = virtualClock();
    const lost: string[] = [];
    const leadership = new Leadership({ clock, leaseMs: 100, onLost: (_lease, why) => lost.push(why) });
    leadership.won(lease, momentOf(clock));
    await clock.advance(60);
    leadership.won(lease, momentOf(clock));
    await clock.advance(99);
    expect(lost).toEqual([]);
    await clock.advance(1);
    expect(lost).toEqual(['it was not renewed within 100 ms']);
    expect(clock.pending).toBe(0);
  });

  it('knows for how long nobody has led', () => {
    const { time, leadership } = at();
    time.monotonic = 30;
    expect(leadership.vacantMs()).toBe(30);
    leadership.follow(lease);
    time.monotonic = 50;
    expect(leadership.vacantMs()).toBe(20);
  });
});
