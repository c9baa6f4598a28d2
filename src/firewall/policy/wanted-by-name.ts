import type { Dialect } from '../dialect.js';
import type { WantedSet } from '../sets/build-set.js';
import { setName } from '../sets/set-name.js';
import type { Policy } from './policy.js';
import { wantedSetsInSteps } from './wanted-sets.js';

/** Sets by their full names, such as `web_gv4`. */
export type WantedByName = ReadonlyMap<string, WantedSet>;

interface KeptSets {
  readonly version: number;
  readonly sets: WantedByName;
}

const kept: Readonly<Record<Dialect, WeakMap<Policy, KeptSets>>> = { dog1: new WeakMap(), dog2: new WeakMap() };

/**
 * Every set that a policy makes as it is when this begins, with pauses; the same as before while no address moves.
 */
export function* wantedByName(policy: Policy, dialect: Dialect): Generator<void, WantedByName> {
  // Another policy with the same addresses has the same sets.
  if (policy.addressesAsIn !== undefined) return yield* wantedByName(policy.addressesAsIn, dialect);
  const version = policy.addressesVersion ?? policy.version;
  const known = kept[dialect].get(policy);
  if (known !== undefined && known.version === version) return known.sets;
  const { wanted } = yield* wantedSetsInSteps(policy, dialect);
  const sets = new Map(wanted.map((set) => [setName(set.base, set.kind, set.family), set] as const));
  if (version !== undefined) kept[dialect].set(policy, { version, sets });
  return sets;
}
