import { type HostProgress, type HostStatus, statusOf } from './host-progress.js';
import type { FailedHost } from './rollout.js';
import type { RolloutPolicy } from './rollout-policy.js';

/** A host that was given a revision, as it is judged. */
export interface JudgedHost {
  readonly hostkey: string;
  readonly name: string;
  readonly progress: HostProgress;
  /** Why it is not judged; undefined: it is. */
  readonly exempt: string | undefined;
  /** It has yet to come back over a new connection. */
  readonly mustReconnect: boolean;
}

/** How many hosts stand how. */
export type HostCounts = Readonly<Record<HostStatus | 'exempt', number>>;

export interface Verdict {
  /**
   * `confirmed`: some host has shown nothing yet; `evidenced`: all have shown it; `baked`: all have long enough, or are
   * tolerated; `failed`: more failed than may.
   */
  readonly verdict: 'confirmed' | 'evidenced' | 'baked' | 'failed';
  readonly counts: HostCounts;
  readonly failed: readonly FailedHost[];
}

/** What hosts are judged by. `proofs`: so many reports make a host well. `tolerated`: so many may fail. */
export interface Measure {
  readonly proofs: number;
  readonly deadlineSeconds: number;
  readonly tolerated: number;
}

/** Of a step: the first host must do, of the others some may fail. `hosts`: how many were given the revision. */
export function measureOf(policy: RolloutPolicy, hosts: number, { isFirst }: { readonly isFirst: boolean }): Measure {
  return {
    proofs: 1 + policy.bake_keepalives,
    deadlineSeconds: policy.deadline_seconds,
    tolerated: isFirst ? 0 : Math.floor((hosts * policy.tolerate_percent) / 100),
  };
}

/** Judges hosts by what they reported: a pure function of that and the clock (docs/rollout.md#the-judge). */
export function judge(hosts: Iterable<JudgedHost>, now: number, measure: Measure): Verdict {
  const counts = { sent: 0, shown: 0, ok: 0, differs: 0, silent: 0, exempt: 0 };
  const failed: FailedHost[] = [];
  for (const { hostkey, name, progress, exempt, mustReconnect } of hosts) {
    const status = exempt === undefined ? statusOf(progress, now, measure) : 'exempt';
    const counted = status === 'ok' && mustReconnect ? 'shown' : status;
    counts[counted] += 1;
    if (counted === 'differs' || counted === 'silent') failed.push({ hostkey, name, status: counted });
  }
  if (failed.length > measure.tolerated) return { verdict: 'failed', counts, failed };
  if (counts.sent > 0) return { verdict: 'confirmed', counts, failed };
  return { verdict: counts.shown > 0 ? 'evidenced' : 'baked', counts, failed };
}
