import type { Applicant, FoundLease, Lease } from './lease.js';

/** What a candidate goes by when it asks. Times are epoch milliseconds by the store's clock. */
export interface Asked {
  readonly found: FoundLease;
  /** The newest lease that this candidate has seen: it goes by that when the document is gone or bad. */
  readonly known: Lease | undefined;
  readonly me: Applicant;
  /** Read from the store before the document is. */
  readonly now: number;
  readonly leaseMs: number;
}

/** Write this lease, or leave what there is: another leads until it expires. */
export type Decision =
  { readonly kind: 'take'; readonly lease: Lease } | { readonly kind: 'wait'; readonly lease: Lease };

/**
 * Who leads: pure, so that a store may run it again on a newer document. Mine is renewed; one that has expired, or none,
 * is taken with the next term; any other is left alone.
 */
export function decideLease({ found, known, me, now, leaseMs }: Asked): Decision {
  // A document that was removed or damaged does not end the lease: its holder may not have noticed.
  const standing = found.kind === 'lease' ? found.lease : known;
  const mine = standing?.holder === me.holder;
  if (standing !== undefined && !mine && standing.expiresAt > now) return { kind: 'wait', lease: standing };
  const lastTerm = Math.max(standing?.term ?? 0, known?.term ?? 0, found.kind === 'bad' ? found.term : 0);
  return {
    kind: 'take',
    lease: {
      ...me,
      term: mine ? standing.term : lastTerm + 1,
      previous: mine ? standing.previous : standing?.server,
      // Whole, and never before its holder's own deadline.
      expiresAt: Math.ceil(now + leaseMs),
    },
  };
}
