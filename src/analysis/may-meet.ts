import { type AddressSet, intersects } from './address-set.js';
import type { AddressTest, FlatRule } from './filter.js';
import { ALL_RANGES, commonRanges } from './ranges.js';
import { ALL_PROTOCOLS, type Region } from './region.js';
import type { Range } from './ruleset.js';

const common = new WeakMap<Uint8Array, WeakMap<Uint8Array, boolean>>();

/** Masks are few objects, which many rules share. */
function protocolsMeet(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null || a === b) return true;
  let known = common.get(a);
  if (known === undefined) common.set(a, (known = new WeakMap()));
  let meets = known.get(b);
  if (meets === undefined) known.set(b, (meets = a.some((bit, at) => bit === 1 && b[at] === 1)));
  return meets;
}

function rangesMeet(a: readonly Range[] | null, b: readonly Range[] | null): boolean {
  if (a === null || b === null) return true;
  for (const [first, last] of a) for (const [from, to] of b) if (from <= last && first <= to) return true;
  return false;
}

/** Whether addresses may be in both; where a test is negated that is not looked into. */
function addressesMeet(a: readonly AddressTest[], b: readonly AddressTest[]): boolean {
  // Spelled out: it is asked of each pair of rules.
  for (const one of a) {
    if (one.negated) continue;
    for (const other of b) if (!other.negated && !intersects(one.set, other.set)) return false;
  }
  return true;
}

/** Whether a packet may be taken by both; false: there is none for certain. */
export function mayMeet(a: FlatRule, b: FlatRule): boolean {
  return (
    (a.states & b.states) !== 0 &&
    protocolsMeet(a.protocols, b.protocols) &&
    rangesMeet(a.dport, b.dport) &&
    rangesMeet(a.sport, b.sport) &&
    rangesMeet(a.icmp, b.icmp) &&
    addressesMeet(a.src, b.src) &&
    addressesMeet(a.dst, b.dst)
  );
}

function only(tests: readonly AddressTest[]): AddressSet | null {
  return tests.find(({ negated }) => !negated)?.set ?? null;
}

/** All packets that a rule takes, and as few others as a region can do without. */
export function regionOfRule({ states, protocols, dport, icmp, sport, src, dst }: FlatRule): Region {
  return {
    states,
    interfaces: 'any',
    protocols: protocols ?? ALL_PROTOCOLS,
    selectors: commonRanges(dport, icmp) ?? ALL_RANGES,
    sports: sport ?? ALL_RANGES,
    src: only(src),
    dst: only(dst),
  };
}
