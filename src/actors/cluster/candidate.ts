import { elapsedMs, momentOf, type Moment } from '../../cluster/deadline.js';
import { decideLease, type Decision } from '../../cluster/decide-lease.js';
import { LEASE_ID, leaseDocument, readLease, type Applicant, type Lease } from '../../cluster/lease.js';
import type { Leadership } from '../../cluster/leadership.js';
import { backoffMs, type DetailObject, type Self, type GenServer } from '../../otp/index.js';
import { StoreError } from '../../store/store.js';
import type { ServerBase } from '../context.js';
import { tell } from '../tell.js';

export interface CandidateOptions {
  readonly leadership: Leadership;
  /** With a new `holder` for each lead. */
  readonly me: () => Applicant;
  readonly leaseMs: number;
  /** Starts all that a leader does by this lease, if it is not started yet. A rejection ends the candidate. */
  readonly lead: (self: Self, lease: Lease) => Promise<void>;
  /** Another leads: learns from the store what a follower must know. May reject with a `StoreError`. */
  readonly standBy: () => Promise<void>;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/** What the store decided, and when it was asked: by this machine's clocks, and by its own. */
interface Answer {
  readonly decision: Decision;
  readonly asked: Moment;
  readonly storeNow: number;
}

type Info =
  | { readonly tag: 'ask' }
  | { readonly tag: 'answered'; readonly answer: Answer }
  | { readonly tag: 'failed'; readonly error: unknown }
  | { readonly tag: 'not_started'; readonly error: unknown };

/** A leader renews this often in the time of a lease. */
const RENEWALS = 4;
/** A follower asks at least this often in the time of a lease, and when the leader's is over. */
const LOOKS = 6;
/** And at least so often, in milliseconds, so that a lease that was given up is soon taken. A look writes nothing. */
const LONGEST_LOOK_MS = 2000;

/**
 * Asks the store for the lease: whoever gets it leads, and renews it. The store's outage is a state: it is asked again
 * and again, and a leader goes on until its own clocks say that its lease is over.
 */
export class Candidate implements GenServer<never, never, never, Info> {
  readonly #base: ServerBase;
  readonly #options: CandidateOptions;
  readonly #random: () => number;
  /** The term whose work was begun last. */
  #begun = 0;
  #failures = 0;
  #lastError: string | undefined = undefined;
  #fault: string | undefined = undefined;
  #followed: number | undefined = undefined;

  constructor(base: ServerBase, options: CandidateOptions) {
    this.#base = base;
    this.#options = options;
    this.#random = options.random ?? Math.random;
  }

  init(self: Self): void {
    this.#show();
    self.send(self.pid, { tag: 'ask' });
  }

  handleInfo(self: Self, message: Info): void {
    switch (message.tag) {
      case 'ask':
        return this.#ask(self);
      case 'answered':
        this.#recovered();
        if (message.answer.decision.kind === 'take') this.#won(self, message.answer.decision.lease, message.answer);
        else this.#follow(self, message.answer.decision.lease, message.answer);
        this.#show();
        return;
      case 'failed':
        return this.#failed(self, message.error);
      case 'not_started':
        throw message.error;
    }
  }

  describe(): DetailObject {
    const { leadership } = this.#options;
    const lease = leadership.lease() ?? leadership.known;
    return {
      role: leadership.holds() ? 'leader' : leadership.closed ? 'stopping' : 'follower',
      term: lease?.term ?? null,
      leader: lease?.name ?? null,
      holder: lease?.holder ?? null,
      expires_at: lease === undefined ? null : Math.floor(lease.expiresAt / 1000),
      ...(this.#lastError === undefined ? {} : { error: this.#lastError }),
    };
  }

  /** Beside the mailbox: what hangs in the store must not keep this actor from anything. */
  #ask(self: Self): void {
    if (this.#options.leadership.closed) return;
    this.#attempt().then(
      (answer) => tell<Info>(self, { tag: 'answered', answer }),
      (error: unknown) => tell<Info>(self, { tag: 'failed', error }),
    );
  }

  async #attempt(): Promise<Answer> {
    const { system, store } = this.#base;
    const { leadership, leaseMs, me, standBy } = this.#options;
    // Before the store reads its clock, so that the own deadline is never the later one.
    const asked = momentOf(system.clock);
    const storeNow = await store.now();
    const decided: { decision?: Decision; fault?: string } = {};
    await store.commit(
      [
        {
          op: 'upsert',
          table: 'setting',
          id: LEASE_ID,
          edit: (doc) => {
            const found = readLease(doc);
            delete decided.fault;
            if (found.kind === 'bad') decided.fault = found.fault;
            const decision = decideLease({ found, known: leadership.known, me: me(), now: storeNow, leaseMs });
            decided.decision = decision;
            // One that is being given up must not be renewed by a question that was still on its way.
            return decision.kind === 'wait' || leadership.closed ? { refused: {} } : leaseDocument(decision.lease);
          },
        },
      ],
      { author: 'system', audit: false },
    );
    this.#noteFault(decided.fault);
    const { decision } = decided;
    if (decision === undefined) throw new StoreError('unavailable', 'the store did not look at the lease');
    if (decision.kind === 'wait') await standBy();
    return { decision, asked, storeNow };
  }

  #won(self: Self, lease: Lease, { asked }: Answer): void {
    const { leadership, leaseMs, me } = this.#options;
    const { log, system } = this.#base;
    const { term, holder, name } = lease;
    if (holder !== me().holder) {
      // Of a lead that is over: a renewal that was still on its way. What it holds back is waited for like anybody's lease.
      self.sendAfter(Math.min(leaseMs / LOOKS, LONGEST_LOOK_MS), { tag: 'ask' });
      return;
    }
    const first = !leadership.holds();
    if (!leadership.won(lease, asked)) {
      if (leadership.closed) return;
      log.warn({ term }, 'the store answered too late: the lease was over before it was known');
      self.send(self.pid, { tag: 'ask' });
      return;
    }
    if (first) log.info({ term, holder, name }, 'leading');
    this.#begin(self, lease);
    self.sendAfter(Math.max(0, leaseMs / RENEWALS - elapsedMs(asked, momentOf(system.clock))), { tag: 'ask' });
  }

  #follow(self: Self, lease: Lease, { asked, storeNow }: Answer): void {
    const { leadership, leaseMs, me } = this.#options;
    const { log, system } = this.#base;
    leadership.follow(lease);
    if (leadership.closed) return;
    const { term, holder, name } = lease;
    // The end of a lead of its own is told by who lost it.
    if (this.#followed !== term && lease.server !== me().server) log.info({ term, holder, name }, 'standing by');
    this.#followed = term;
    const left = lease.expiresAt - storeNow - elapsedMs(asked, momentOf(system.clock));
    // Jitter, so that not all followers ask in the same instant.
    const jitter = this.#random() * Math.min(250, leaseMs / 20);
    self.sendAfter(Math.max(1, Math.min(leaseMs / LOOKS, LONGEST_LOOK_MS, left)) + jitter, { tag: 'ask' });
  }

  #failed(self: Self, error: unknown): void {
    if (!(error instanceof StoreError)) throw error;
    this.#failures += 1;
    this.#lastError = error.message;
    if (this.#failures === 1) this.#base.log.warn({ err: error }, 'the store cannot be asked who leads; trying on');
    const wait = { baseMs: 100, maxMs: Math.max(100, this.#options.leaseMs / (2 * LOOKS)) };
    self.sendAfter(backoffMs(wait, this.#failures, this.#random()), { tag: 'ask' });
  }

  #begin(self: Self, lease: Lease): void {
    if (this.#begun === lease.term) return;
    this.#begun = lease.term;
    const { lead } = this.#options;
    lead(self, lease).catch((error: unknown) => {
      tell<Info>(self, { tag: 'not_started', error });
    });
  }

  #recovered(): void {
    if (this.#failures > 0) this.#base.log.info({}, 'the store says again who leads');
    this.#failures = 0;
    this.#lastError = undefined;
  }

  #noteFault(fault: string | undefined): void {
    if (fault !== undefined && fault !== this.#fault)
      this.#base.log.warn(
        { table: 'setting', id: LEASE_ID, fault },
        'the lease in the store is damaged and counts as none',
      );
    this.#fault = fault;
  }

  #show(): void {
    const { leadership } = this.#options;
    this.#base.metrics.gauge('dog_trainer_leader', leadership.holds() ? 1 : 0);
    this.#base.metrics.gauge('dog_trainer_term', leadership.known?.term ?? 0);
  }
}
