import type { Document, JsonObject } from '../model/document.js';
import { isList, isObject } from '../model/validate.js';

/** What of a report says what the host's kernel holds. */
export const HELD_FIELDS = ['group', 'hash4_ipsets', 'hash6_ipsets', 'ipset_hash'] as const;

/**
 * What a host reported from one time on, epoch seconds. `to`: when it was last heard of with it, before something else or
 * a silence came; null: what it reported last.
 */
export interface HeldPeriod extends JsonObject {
  readonly from: number;
  readonly to: number | null;
  readonly group: string;
  readonly hash4_ipsets: string;
  readonly hash6_ipsets: string;
  readonly ipset_hash: string;
}

type Held = Readonly<Record<(typeof HELD_FIELDS)[number], string>>;

function heldBy(row: JsonObject): Held {
  const text = (key: string): string => (typeof row[key] === 'string' ? row[key] : '');
  return {
    group: text('group'),
    hash4_ipsets: text('hash4_ipsets'),
    hash6_ipsets: text('hash6_ipsets'),
    ipset_hash: text('ipset_hash'),
  };
}

/** A report that begins another period of a host, or may. */
export interface PeriodBegun {
  readonly at: number;
  /** It says what the one before said, not long ago: it begins a period only where none is known that goes on. */
  readonly goesOn: boolean;
  /** When the host was last heard of before; null: never. */
  readonly before: number | null;
  readonly held: Held;
}

/**
 * A report as the beginning of a period: it says something else than the one before, or that was longer ago than `gap`
 * seconds, so that nobody knows what the host held in between; else it `goesOn`. `before`, `after`: the host's row.
 */
export function periodBegun(before: JsonObject, after: JsonObject, at: number, gap: number): PeriodBegun {
  const last = typeof before['keepalive_timestamp'] === 'number' ? before['keepalive_timestamp'] : null;
  const held = heldBy(after);
  const was = heldBy(before);
  const same = HELD_FIELDS.every((field) => held[field] === was[field]);
  return { at, goesOn: same && last !== null && at - last <= gap, before: last, held };
}

/** The periods of a row of table `host_history`, oldest first; what can't be read is left out. */
export function periodsOf(doc: JsonObject | undefined): readonly HeldPeriod[] {
  const list = doc?.['periods'];
  if (!isList(list)) return [];
  return list.filter(
    (one): one is HeldPeriod =>
      isObject(one) && typeof one['from'] === 'number' && (one['to'] === null || typeof one['to'] === 'number'),
  );
}

/** The row with one period more, the last `most` of them. Beginning the same one again changes nothing. */
export function withPeriod(id: string, doc: JsonObject | undefined, begun: PeriodBegun, most: number): Document {
  const periods = periodsOf(doc);
  const last = periods.at(-1);
  const { held } = begun;
  const isSame = last?.to === null && HELD_FIELDS.every((field) => last[field] === held[field]);
  if (isSame && (begun.goesOn || last.from >= begun.at)) return { ...doc, id, periods };
  // Two in one second, or a clock that was put back: the later report counts.
  if (last !== undefined && last.from >= begun.at)
    return { id, periods: [...periods.slice(0, -1), { ...last, ...held, to: null }] };
  // Without a report in between, nobody heard the host say so later than when it began to.
  const to = Math.max(last?.from ?? 0, Math.min(begun.before ?? 0, begun.at));
  const closed = last === undefined || last.to !== null ? periods : [...periods.slice(0, -1), { ...last, to }];
  return { id, periods: [...closed, { from: begun.at, to: null, ...held }].slice(-most) };
}

/** What a host held at a time; undefined: nobody knows. `lastHeard`: when the host last reported. */
export function heldAt(periods: readonly HeldPeriod[], at: number, lastHeard: number): HeldPeriod | undefined {
  return periods.find(({ from, to }) => from <= at && at <= (to ?? Math.max(lastHeard, from)));
}
