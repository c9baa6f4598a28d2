import { type AddressSet, intersection, NOBODY, symmetricDifference, union } from './address-set.js';
import type { AddressTest, FlatRule } from './filter.js';
import { EVERYTHING, type Region } from './region.js';

type Side = 'src' | 'dst';
type Rules = readonly FlatRule[];

/** Two chains of the same lines over other sets, cut down to the packets with which anything else can happen. */
export interface MovedAddresses {
  readonly region: Region;
  readonly sides: readonly [Rules, Rules];
}

/** Groups share sets: two large ones are compared once. */
const known = new WeakMap<AddressSet, WeakMap<AddressSet, AddressSet>>();
function between(a: AddressSet, b: AddressSet): AddressSet {
  let ofA = known.get(a);
  if (ofA === undefined) known.set(a, (ofA = new WeakMap()));
  let found = ofA.get(b);
  if (found === undefined) ofA.set(b, (found = symmetricDifference(a, b)));
  return found;
}

/** Addresses that are in a set of one chain, and not in that of the same test of the other. */
function movedOn(side: Side, before: Rules, after: Rules, nobody: AddressSet): AddressSet {
  const pairs = new Map<AddressSet, AddressSet>();
  let moved = nobody;
  for (const [at, rule] of before.entries()) {
    for (const [test, { set }] of rule[side].entries()) {
      const other = ((after[at] as FlatRule)[side][test] as AddressTest).set;
      if (set === other || pairs.get(set) === other) continue;
      pairs.set(set, other);
      moved = union(moved, between(set, other));
    }
  }
  return moved;
}

/** Whether two chains have the same lines, and each of them the same tests, but for what sets hold. */
function isAlike(before: Rules, after: Rules): boolean {
  return (
    before.length === after.length &&
    before.every((rule, at) => {
      const { line, unsure, src, dst } = after[at] as FlatRule;
      return (
        rule.line === line && rule.unsure === unsure && rule.src.length === src.length && rule.dst.length === dst.length
      );
    })
  );
}

/**
 * Of two chains of one ruleset, read once, that were bound to sets of two times: packets whose addresses did not move
 * between any of the sets that a rule asks for meet the same rules in both, so only the others need to be looked at, with
 * sets cut down to them. Null: nothing moved. Undefined: it is not so simple, as where sources and goals moved.
 */
export function movedAddresses(before: Rules, after: Rules): MovedAddresses | null | undefined {
  if (!isAlike(before, after)) return undefined;
  const family = familyOf(before) ?? familyOf(after);
  if (family === undefined) return null;
  const src = movedOn('src', before, after, NOBODY[family]);
  const dst = movedOn('dst', before, after, NOBODY[family]);
  const [hasSrc, hasDst] = [src.bounds.length > 0, dst.bounds.length > 0];
  if (!hasSrc && !hasDst) return null;
  if (hasSrc && hasDst) return undefined;
  const [side, moved] = hasSrc ? (['src', src] as const) : (['dst', dst] as const);
  const cut = new Map<AddressSet, AddressSet>();
  const within = (set: AddressSet): AddressSet => {
    let part = cut.get(set);
    if (part === undefined) cut.set(set, (part = intersection(set, moved)));
    return part;
  };
  const restricted = (rules: Rules): Rules =>
    rules.map((rule) =>
      rule[side].length === 0
        ? rule
        : { ...rule, [side]: rule[side].map(({ set, negated }) => ({ set: within(set), negated })) },
    );
  return { region: { ...EVERYTHING, [side]: moved }, sides: [restricted(before), restricted(after)] };
}

function familyOf(rules: Rules): AddressSet['family'] | undefined {
  for (const { src, dst } of rules) for (const { set } of [...src, ...dst]) return set.family;
  return undefined;
}
