import type { Json } from '../model/document.js';
import {
  HASH_FIELDS,
  type HashField,
  RULESET_HASH_FIELDS,
  RULESET_VARIANTS,
  type RulesetHashField,
} from '../model/ruleset-variants.js';

export { HASH_FIELDS, type HashField };

/** The five hashes of a report, 64 hex digits each (docs/protocol.md#hashes). */
export type Hashes = Readonly<Record<HashField, string>>;

const V4_RULE_FIELDS = RULESET_VARIANTS.filter(({ family }) => family === 'v4').map(({ hashField }) => hashField);

/** The hashes of rules that reports are compared by. `checkV6` false: those of IPv6 are left out. */
export function ruleFieldsCompared(checkV6: boolean): readonly RulesetHashField[] {
  return checkV6 ? RULESET_HASH_FIELDS : V4_RULE_FIELDS;
}

/** What the server wants a host to run. Times are epoch seconds. An absent half was never published: nothing to compare. */
export interface Wanted {
  readonly rules?: {
    readonly hashes: Readonly<Record<RulesetHashField, string>>;
    /** When the group's four hashes last changed. */
    readonly changedAt: number;
  };
  readonly sets?: {
    /**
     * The newest hash, and every other that was newest within the window
     * (docs/host-lifecycle.md#accepted-hashes-of-the-sets).
     */
    readonly hashes: ReadonlySet<string>;
    readonly newest: string;
    readonly changedAt: number;
  };
}

export interface HashCheckOptions {
  /** W, seconds a mismatch is tolerated (`hashcheck_alert_seconds`). */
  readonly toleranceSeconds: number;
  readonly maxFailCount: number;
  /** False: v6 hashes are not compared. */
  readonly checkV6: boolean;
}

/** What the host row remembers between reports: `''` is never, else epoch seconds. */
export interface HashMemory {
  readonly hash_fail_count: number;
  readonly iptables_hash_timestamp: number | '';
  readonly ipset_hash_timestamp: number | '';
}

export interface HashVerdict {
  readonly pass: boolean;
  /** Every field whose reported value is not the wanted one; empty when all match. */
  readonly differing: readonly HashField[];
  /**
   * The sets are of an earlier moment. Their hash still counts within the window, so no alarm is raised, but a host
   * that has them longer than W after the change has missed a message, and nothing else would bring it the new ones.
   */
  readonly setsOutdated: boolean;
  readonly memory: HashMemory;
}

// Either way: after the clock was set back, a moment that lies far ahead is not recent.
function recent(stamp: number | '', now: number, within: number): boolean {
  return stamp !== '' && Math.abs(now - stamp) <= within;
}

/** The clock was set back after the last match: the tolerance counts from now, not from a moment still to come. */
function notAhead(stamp: number | '', now: number): number | '' {
  return stamp === '' ? '' : Math.min(stamp, now);
}

/**
 * Compares a report with what was sent (docs/host-lifecycle.md#hash-check). All parts match: count 0, pass. Else, while
 * every part that differs matched within W or was changed by us within W: pass, count kept, because the agent is still
 * applying it. Else the count grows, and the check fails when it reaches the limit.
 *
 * `readBack` is given for a host whose agent can't show its rules: the hashes that were found wrong when its rules were
 * last read back, none where nothing is known. Then what it reports of rules counts for nothing, and what was read back
 * needs no second look.
 */
export function checkHashes(
  reported: Hashes,
  wanted: Wanted,
  memory: HashMemory,
  now: number,
  options: HashCheckOptions,
  readBack?: readonly HashField[],
): HashVerdict {
  const differing: HashField[] = [...(readBack ?? [])];
  const { rules, sets } = wanted;
  if (rules !== undefined && readBack === undefined)
    for (const field of ruleFieldsCompared(options.checkV6))
      if (reported[field] !== rules.hashes[field]) differing.push(field);
  const rulesMatch = differing.length === 0;
  const setsMatch = sets === undefined || sets.hashes.has(reported.ipset_hash);
  if (!setsMatch) differing.push('ipset_hash');

  const within = options.toleranceSeconds;
  const tolerated = (last: number | '', changedAt: number | undefined): boolean =>
    recent(notAhead(last, now), now, within) || (changedAt !== undefined && recent(changedAt, now, within));
  const rulesTolerated =
    rulesMatch || (readBack === undefined && tolerated(memory.iptables_hash_timestamp, rules?.changedAt));
  const setsTolerated = setsMatch || tolerated(memory.ipset_hash_timestamp, sets?.changedAt);

  const stamps = {
    iptables_hash_timestamp: rulesMatch && readBack === undefined ? now : notAhead(memory.iptables_hash_timestamp, now),
    ipset_hash_timestamp: setsMatch ? now : notAhead(memory.ipset_hash_timestamp, now),
  };
  const setsOutdated =
    sets !== undefined && reported.ipset_hash !== sets.newest && !recent(sets.changedAt, now, within);
  const found = { differing, setsOutdated };
  if (rulesMatch && setsMatch) return { pass: true, ...found, memory: { hash_fail_count: 0, ...stamps } };
  if (rulesTolerated && setsTolerated)
    return { pass: true, ...found, memory: { hash_fail_count: memory.hash_fail_count, ...stamps } };
  const count = Math.max(memory.hash_fail_count + 1, rulesMatch || readBack === undefined ? 0 : options.maxFailCount);
  return { pass: count < options.maxFailCount, ...found, memory: { hash_fail_count: count, ...stamps } };
}

function stamp(value: Json | undefined): number | '' {
  return typeof value === 'number' && Number.isFinite(value) ? value : '';
}

/** Reads the memory from a host row; rows made elsewhere may lack the fields or hold junk. */
export function hashMemoryOf(row: { readonly [key: string]: Json }): HashMemory {
  return {
    hash_fail_count:
      typeof row.hash_fail_count === 'number' && row.hash_fail_count > 0 ? Math.floor(row.hash_fail_count) : 0,
    iptables_hash_timestamp: stamp(row.iptables_hash_timestamp),
    ipset_hash_timestamp: stamp(row.ipset_hash_timestamp),
  };
}
