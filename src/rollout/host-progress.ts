/** What a host showed of a revision that it was given. Times are epoch seconds. Never changed in place. */
export interface HostProgress {
  /** From when it has its time: it was sent then, or showed the revision last. */
  readonly since: number;
  /** Reports in a row that show it. */
  readonly proofs: number;
  /** Of the last report that counted. */
  readonly lastReport: number;
  /** It reported since it was sent, whatever it said. */
  readonly heard: boolean;
}

/** A host as its newest report shows it. */
export interface HostSight {
  /** Of its newest report, epoch seconds. */
  readonly reportedAt: number;
  /** Whether it reports the rules that it was given. */
  readonly holds: boolean;
}

export function sentAt(now: number): HostProgress {
  return { since: now, proofs: 0, lastReport: now, heard: false };
}

/**
 * A report counts once, and only if it came after the host was sent: what it held before proves nothing. One that shows
 * other rules begins anew, and gives no more time.
 */
export function withReport(progress: HostProgress, { reportedAt, holds }: HostSight): HostProgress {
  if (reportedAt <= progress.lastReport) return progress;
  return holds
    ? { since: reportedAt, proofs: progress.proofs + 1, lastReport: reportedAt, heard: true }
    : { ...progress, proofs: 0, lastReport: reportedAt, heard: true };
}

export type HostStatus = 'sent' | 'shown' | 'ok' | 'differs' | 'silent';

/** How a host stands at `now`; `proofs`: so many reports make it well. */
export function statusOf(
  progress: HostProgress,
  now: number,
  wanted: { readonly proofs: number; readonly deadlineSeconds: number },
): HostStatus {
  if (now - progress.since > wanted.deadlineSeconds)
    return now - progress.lastReport > wanted.deadlineSeconds || !progress.heard ? 'silent' : 'differs';
  if (progress.proofs >= wanted.proofs) return 'ok';
  return progress.proofs > 0 ? 'shown' : 'sent';
}

/** Time in which nobody could see the host, and jumps of the clock, do not count. */
export function restarted(progress: HostProgress, now: number): HostProgress {
  return { ...progress, since: now, lastReport: now };
}
