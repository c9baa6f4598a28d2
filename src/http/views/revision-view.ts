import type { FlowAnswer } from '../../analysis/flow-json.js';
import { periodsOf } from '../../host/hash-history.js';
import type { Document, JsonObject } from '../../model/document.js';
import { RULESET_VARIANTS, type RulesetVariant, variantsOfType } from '../../model/ruleset-variants.js';
import { textOf } from '../../model/text-of.js';
import { isObject } from '../../model/validate.js';
import { holdsRevision } from './held-view.js';

/** A revision of a group. Times are epoch seconds. */
export type RevisionAnswer = {
  readonly number: number;
  readonly group_id: string;
  readonly group_name: string;
  readonly author: string;
  readonly reason: string | null;
  /** Of the write that made it. */
  readonly plan: string | null;
  readonly compiled_at: number | null;
  readonly confirmed_at: number | null;
  /** How many of the group report it now. */
  readonly hosts: number;
  /** When a host of the group was first and last known to hold it; null: never, as far as that is kept. */
  readonly first_host_at: number | null;
  readonly last_host_at: number | null;
  readonly pinned: boolean;
};

/** The revision that a group is held at. */
export type PinAnswer = {
  readonly number: number;
  readonly reason: string;
  readonly author: string;
  readonly at: number;
};

/** `GET /api/V2/group/:id/revisions`, newest first. */
export type RevisionsAnswer = {
  readonly id: string;
  readonly group: string;
  readonly pinned: PinAnswer | null;
  readonly revisions: readonly RevisionAnswer[];
};

/** `GET /api/V2/group/:id/revisions/diff`. */
export type RevisionDiffAnswer = {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  /** As `git diff` prints it; empty: no difference. */
  readonly diff: Readonly<Record<RulesetVariant['apiName'], string>>;
  /** Null while nobody leads; `unclear`: why it can't be told. */
  readonly flows: {
    readonly opens: readonly FlowAnswer[];
    readonly closes: readonly FlowAnswer[];
    readonly changes: readonly FlowAnswer[];
    readonly unclear: string | null;
  } | null;
};

/** What hosts of the group report, besides which group they are of. */
type Host = Document;

/** Whether a host reports the texts with sets of a revision; one that reports no IPv6 hash is judged by IPv4 alone. */
function runs(host: Host, revision: JsonObject): boolean {
  const hashes = isObject(revision['hashes']) ? revision['hashes'] : {};
  return variantsOfType('ipsets').every(({ hashField, family }) => {
    const reported = host[hashField];
    if (family === 'v6' && (reported === undefined || reported === '')) return true;
    return typeof reported === 'string' && reported !== '' && reported === hashes[hashField];
  });
}

/** What hosts of the group held, by hostkey (table `host_history`). */
export type Histories = ReadonlyMap<string, Document>;

/** When a host of the group was first and last known to hold a revision, epoch seconds; null: never, as far as is kept. */
function hostTimes(row: Document, hosts: readonly Host[], histories: Histories): JsonObject {
  let first: number | null = null;
  let last: number | null = null;
  for (const host of hosts) {
    const heard = typeof host['keepalive_timestamp'] === 'number' ? host['keepalive_timestamp'] : 0;
    for (const period of periodsOf(histories.get(textOf(host['hostkey'])))) {
      if (period.group !== row['group_name'] || !holdsRevision(period, row)) continue;
      const to = period.to ?? Math.max(heard, period.from);
      first = Math.min(first ?? period.from, period.from);
      last = Math.max(last ?? to, to);
    }
  }
  return { first_host_at: first, last_host_at: last };
}

/** A revision as the API shows it: `hosts` is how many of the group report it now. */
export function revisionView(
  row: Document,
  hosts: readonly Host[],
  pin: Document | undefined,
  histories: Histories,
): JsonObject {
  const { id: _id, texts: _texts, ...rest } = row;
  return {
    ...rest,
    hosts: hosts.filter((host) => runs(host, row)).length,
    ...hostTimes(row, hosts, histories),
    pinned: pin !== undefined && pin['number'] === row['number'],
  };
}

/** A pin as the API shows it. */
export function pinView(pin: Document | undefined): JsonObject | null {
  if (pin === undefined) return null;
  const { number = null, reason = null, author = null, at = null } = pin;
  return { number, reason, author, at };
}

/** The texts of a revision, by the names that the sub-resources of a group have. */
export function textsView(texts: Readonly<Record<string, { readonly text: string }>>): JsonObject {
  return Object.fromEntries(RULESET_VARIANTS.map(({ key, apiName }) => [apiName, texts[key]?.text ?? '']));
}
