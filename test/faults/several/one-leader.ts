import type { Reign } from '../../support/cluster.js';
import type { LeaseVersion } from './lease-history.js';
import type { Traced } from './publish-trace.js';

/** How late a message may be seen here after it was sent: the test runs in one process with all agents. */
const SEEN_LATE_MS = 1_000;

/** Somebody's lead from its beginning to the last moment up to which its lease ran. Epoch milliseconds. */
export interface Lead extends Reign {
  /** As renewed last; of a lease that was given up: when that was seen. */
  readonly until: number;
  readonly released: boolean;
}

/** The leads by what the servers logged and the store held. */
export function leadsOf(reigns: readonly Reign[], versions: readonly LeaseVersion[]): readonly Lead[] {
  return reigns.map((reign) => {
    const own = versions.filter(({ holder, term }) => holder === reign.holder && term === reign.term);
    const last = own.at(-1);
    const released = last?.expiresAt === 0;
    return { ...reign, until: last === undefined ? reign.from : released ? last.seenAt : last.expiresAt, released };
  });
}

/** Where two could have led at once, in words: by the terms that were logged, and by the lease's own times. */
export function overlaps(
  reigns: readonly Reign[],
  versions: readonly LeaseVersion[],
  leaseMs: number,
): readonly string[] {
  const found: string[] = [];
  for (const [i, { term, name }] of reigns.entries()) {
    if (term !== i + 1) found.push(`${name} led with term ${term} as number ${i + 1}`);
  }
  if (new Set(reigns.map(({ holder }) => holder)).size !== reigns.length) found.push('one holder led twice');
  const leads = leadsOf(reigns, versions);
  for (const [i, next] of leads.entries()) {
    const before = leads[i - 1];
    if (before === undefined || before.released || next.from >= before.until) continue;
    found.push(
      `${next.name} led (term ${next.term}) ${before.until - next.from} ms before term ${before.term} was over`,
    );
  }
  for (const [i, version] of versions.entries()) {
    const before = versions[i - 1];
    if (before === undefined) continue;
    if (version.term < before.term) found.push(`term ${version.term} was written after ${before.term}`);
    if (version.term === before.term && version.holder !== before.holder)
      found.push(`term ${version.term} had two holders`);
    // When the next was written, by the store's own clock, the one before was over.
    const taken = version.expiresAt - leaseMs;
    if (version.term > before.term && version.expiresAt !== 0 && taken < before.expiresAt)
      found.push(`term ${version.term} was taken ${before.expiresAt - taken} ms before term ${before.term} was over`);
  }
  return found;
}

/** Messages to agents from one who did not lead, in words: before its lead, after its lease, or after its successor's. */
export function stalePublishes(leads: readonly Lead[], messages: readonly Traced[]): readonly string[] {
  const found: string[] = [];
  /** The highest term that has sent something so far, in the broker's order. */
  let newest = 0;
  for (const { user, exchange, key, at } of messages) {
    const what = `${user} sent to ${exchange} ${key}`;
    const lead = leads.findLast(({ name, from }) => name === user && from <= at);
    if (lead === undefined) {
      found.push(`${what} before it ever led`);
      continue;
    }
    if (at > lead.until + SEEN_LATE_MS)
      found.push(`${what} ${at - lead.until} ms after its lease of term ${lead.term} was over`);
    else if (lead.term < newest) found.push(`${what} with term ${lead.term} after one of term ${newest} had sent`);
    newest = Math.max(newest, lead.term);
  }
  return found;
}
