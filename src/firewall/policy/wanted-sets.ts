import type { Family } from '../addresses/family.js';
import { finish } from '../finish.js';
import type { Dialect } from '../dialect.js';
import type { WantedSet } from '../sets/build-set.js';
import { mergeSets, type SetMaps } from '../sets/merge-sets.js';
import { activeExternals, type ExternalLists, externalListsInSteps, type Externals } from './external-lists.js';
import { setName } from '../sets/set-name.js';
import { type OwnLists, ownListsInSteps } from './own-lists.js';
import type { Policy, PolicyFault } from './policy.js';

/** All sets of a policy, ready to be compiled, and the documents that could not be read as they stand. */
export interface PolicySets {
  readonly wanted: readonly WantedSet[];
  readonly faults: readonly PolicyFault[];
}

function asRecords({ groupsV4, groupsV6, zonesV4, zonesV6 }: ExternalLists): SetMaps {
  return {
    groupsV4: Object.fromEntries(groupsV4),
    groupsV6: Object.fromEntries(groupsV6),
    zonesV4: Object.fromEntries(zonesV4),
    zonesV6: Object.fromEntries(zonesV6),
  };
}

/**
 * A linked environment may send a name for one family only, but rules for both families name its sets, and the
 * kernel refuses a ruleset that names a set which does not exist: the other family's set is made, and is empty.
 */
function inBothFamilies(wanted: readonly WantedSet[]): WantedSet[] {
  const key = ({ kind, base }: WantedSet, family: Family): string => `${family} ${kind} ${base}`;
  const there = new Set(wanted.map((set) => key(set, set.family)));
  return wanted.flatMap((set) => {
    const other = set.family === 'v4' ? 'v6' : 'v4';
    return there.has(key(set, other)) ? [set] : [set, { ...set, family: other, addresses: [] }];
  });
}

/** The set, with the reason if its addresses are not known or not complete. */
function withDoubts(set: WantedSet, own: OwnLists, external: Externals): WantedSet {
  const name = setName(set.base, set.kind, set.family);
  const unreadable = own.unreadable.get(name);
  if (unreadable !== undefined) return { ...set, unreadable };
  const incomplete = [own, external]
    .map((from) => from.incomplete.reason(name, set.kind, set.family))
    .find((reason) => reason !== undefined);
  return incomplete === undefined ? set : { ...set, incomplete };
}

/**
 * Every set that a policy's hosts get: our own with those of linked environments
 * (docs/rulesets.md#sets-of-linked-environments). In `dog2` each name has a set of both families; `dog1` makes only
 * those that there are, as the Erlang server did. With pauses; which documents there are is seen before the first one,
 * so that sets are never of two policies.
 */
export function* wantedSetsInSteps(policy: Policy, dialect: Dialect): Generator<void, PolicySets> {
  const externals = activeExternals(policy);
  const own = yield* ownListsInSteps(policy, dialect);
  const external = yield* externalListsInSteps(externals, dialect);
  // From here on lists are moved about, not read.
  const merged = mergeSets({
    internal: asRecords(own),
    externalUnion: asRecords(external.union),
    externalPrefix: asRecords(external.prefix),
  });
  yield;
  const all = dialect === 'dog2' ? inBothFamilies(merged) : merged;
  const certain = own.unreadable.size === 0 && !own.incomplete.any && !external.incomplete.any;
  return {
    wanted: certain ? all : all.map((set) => withDoubts(set, own, external)),
    faults: [...own.faults, ...external.faults],
  };
}

/** The same without pauses: some milliseconds where the documents were read before, as each is once. */
export function wantedSets(policy: Policy, dialect: Dialect): PolicySets {
  return finish(wantedSetsInSteps(policy, dialect));
}
