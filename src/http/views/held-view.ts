import { heldAt, type HeldPeriod, periodsOf } from '../../host/hash-history.js';
import type { Document, Json, JsonObject } from '../../model/document.js';

/** What a host held from when to when, epoch seconds. `revision` null: none that is kept has these hashes. */
export type HeldPeriodView = {
  readonly from: number;
  readonly to: number;
  readonly group: string;
  readonly revision: number | null;
  readonly hashes: Readonly<Record<'hash4_ipsets' | 'hash6_ipsets' | 'ipset_hash', string>>;
};

/** `GET /api/V2/host/:id/history`, newest first. */
export type HostHistory = {
  readonly id: string;
  readonly name: Json;
  readonly hostkey: Json;
  readonly periods: readonly HeldPeriodView[];
};

/** A revision of a group, as far as it is told here (table `revision`). */
export type RevisionRow = Document;

function hashOf(revision: RevisionRow, field: string): unknown {
  const { hashes } = revision;
  return typeof hashes === 'object' && hashes !== null && !Array.isArray(hashes)
    ? (hashes as JsonObject)[field]
    : undefined;
}

/** Whether a host held the texts of a revision; one that reports no IPv6 hash is judged by IPv4 alone. */
export function holdsRevision(period: HeldPeriod, revision: RevisionRow): boolean {
  const v6 = period.hash6_ipsets === '' || period.hash6_ipsets === hashOf(revision, 'hash6_ipsets');
  return period.hash4_ipsets !== '' && period.hash4_ipsets === hashOf(revision, 'hash4_ipsets') && v6;
}

/** The newest revision that a host held in a period; null: none that is kept. `revisions`: those of its group then. */
function revisionOf(period: HeldPeriod, revisions: readonly RevisionRow[]): number | null {
  const found = revisions.filter((row) => holdsRevision(period, row)).map(({ number }) => Number(number));
  return found.length === 0 ? null : Math.max(...found);
}

function periodView(period: HeldPeriod, revisions: readonly RevisionRow[], host: Document): HeldPeriodView {
  const { from, to, group, hash4_ipsets: v4, hash6_ipsets: v6, ipset_hash: sets } = period;
  return {
    from,
    to: to ?? lastHeard(host, period),
    group,
    revision: revisionOf(period, revisions),
    hashes: { hash4_ipsets: v4, hash6_ipsets: v6, ipset_hash: sets },
  };
}

function lastHeard(host: Document, period: HeldPeriod): number {
  const { keepalive_timestamp: heard } = host;
  return typeof heard === 'number' ? Math.max(heard, period.from) : period.from;
}

/** The answer to `GET /api/V2/host/:id/history`; `at` absent: all that is kept, newest first. */
export function heldView(
  host: Document,
  doc: Document | undefined,
  revisionsOf: ReadonlyMap<string, readonly RevisionRow[]>,
  at: number | undefined,
): JsonObject {
  const periods = periodsOf(doc);
  const view = (period: HeldPeriod): HeldPeriodView => periodView(period, revisionsOf.get(period.group) ?? [], host);
  const who = { id: host.id, name: host['name'] ?? null, hostkey: host['hostkey'] ?? null };
  if (at === undefined) return { ...who, periods: periods.map(view).reverse() } satisfies HostHistory;
  const last = periods.at(-1);
  const held = last === undefined ? undefined : heldAt(periods, at, lastHeard(host, last));
  return { ...who, at, held: held === undefined ? 'unknown' : view(held) };
}
