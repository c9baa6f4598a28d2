import type { Clock, TimerHandle } from '../otp/index.js';
import { elapsedMs, leftMs, momentOf, type Moment } from './deadline.js';
import type { Lease } from './lease.js';

export interface LeadershipOptions {
  readonly clock: Clock;
  readonly leaseMs: number;
  /** Called once a lead, in the very step in which its end is noticed: from here on nothing of it may be sent. */
  readonly onLost: (lease: Lease, why: string) => void;
}

type State =
  | { readonly role: 'follower'; readonly leader: Lease | undefined }
  | { readonly role: 'leader'; readonly lease: Lease; readonly asked: Moment };

/**
 * Whether this process leads, by its own clocks. One writer, the candidate, whose crash it outlives; everybody else asks
 * it before doing what only the leader may do.
 */
export class Leadership {
  readonly #options: LeadershipOptions;
  #state: State = { role: 'follower', leader: undefined };
  /** When somebody was last known to lead, or this began to look. */
  #ledAt: Moment;
  #known: Lease | undefined = undefined;
  #closed = false;
  /** Nothing is done by this term, or an earlier one, any more. */
  #lostTerm = 0;
  #timer: TimerHandle | undefined = undefined;

  constructor(options: LeadershipOptions) {
    this.#options = options;
    this.#ledAt = momentOf(options.clock);
  }

  /** The newest lease seen, anybody's. */
  get known(): Lease | undefined {
    return this.#known;
  }

  /** No lease may be asked for any more: this server is being stopped. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The lease by which this process leads now. Looks at the clocks, so a process that was frozen learns of it here. */
  lease(): Lease | undefined {
    const state = this.#state;
    if (state.role !== 'leader') return undefined;
    if (this.leftMs() > 0) return state.lease;
    this.lose(`it was not renewed within ${this.#options.leaseMs} ms`);
    return undefined;
  }

  holds(): boolean {
    return this.lease() !== undefined;
  }

  /** Milliseconds that this process may still lead without another renewal; 0 when it does not. */
  leftMs(): number {
    const state = this.#state;
    if (state.role !== 'leader') return 0;
    return Math.max(0, leftMs(state.asked, this.#options.leaseMs, momentOf(this.#options.clock)));
  }

  /** Another server that leads, as last seen. */
  leader(): Lease | undefined {
    return this.#state.role === 'follower' ? this.#state.leader : undefined;
  }

  /** Milliseconds since somebody was known to lead. */
  vacantMs(): number {
    if (this.holds()) return 0;
    return elapsedMs(this.#ledAt, momentOf(this.#options.clock));
  }

  /** The lease was taken or renewed; `asked` is the moment before the store was asked. False: too late, it is lost. */
  won(lease: Lease, asked: Moment): boolean {
    if (this.closed || (this.#state.role === 'leader' && !this.holds())) return false;
    // A renewal of what was lost meanwhile: its work is gone, and another may have begun.
    if (lease.term <= this.#lostTerm) return false;
    if (leftMs(asked, this.#options.leaseMs, momentOf(this.#options.clock)) <= 0) return false;
    this.#known = lease;
    this.#ledAt = asked;
    this.#state = { role: 'leader', lease, asked };
    this.#watch();
    return true;
  }

  /** Another leads. A leader that finds that out has lost. */
  follow(lease: Lease): void {
    this.#known = lease;
    this.lose(`${lease.name} leads with term ${lease.term}`);
    this.#ledAt = momentOf(this.#options.clock);
    this.#state = { role: 'follower', leader: lease };
  }

  /** It may lead again, with another term: it stands by like any other from now on. */
  lose(why: string): void {
    const state = this.#state;
    if (state.role !== 'leader') return;
    this.#state = { role: 'follower', leader: undefined };
    this.#lostTerm = state.lease.term;
    this.#unwatch();
    this.#options.onLost(state.lease, why);
  }

  /** An ordered stop: nothing more is asked for. Gives the lease to be given up, if it is still held. */
  close(): Lease | undefined {
    const lease = this.lease();
    this.#closed = true;
    this.#unwatch();
    return lease;
  }

  /** Not the candidate's timer: it must go off also while that one hangs or is dead. The clocks decide, not the timer. */
  #watch(): void {
    this.#unwatch();
    this.#timer = this.#options.clock.setTimer(Math.ceil(this.leftMs()), () => {
      if (this.holds()) this.#watch();
    });
  }

  #unwatch(): void {
    if (this.#timer !== undefined) this.#options.clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}
