import type { Dialect } from '../firewall/dialect.js';
import type { Policy } from '../firewall/policy/policy.js';
import { wantedSets } from '../firewall/policy/wanted-sets.js';
import { buildSet, type BuiltSet, type SetProblem, type WantedSet } from '../firewall/sets/build-set.js';
import { setName } from '../firewall/sets/set-name.js';

/** A set that would be published otherwise; `undefined`: there is none of that name. */
export interface SetShipment {
  /** As rules name it, such as `web_gv4`. */
  readonly name: string;
  readonly before: readonly string[] | undefined;
  readonly after: readonly string[] | undefined;
  /** What is wrong with it afterwards. */
  readonly problems: readonly SetProblem[];
}

/** The addresses that sets have now, by full name: what stands in where a set can't be made. */
export type Contents = ReadonlyMap<string, readonly string[]>;

interface KeptSets {
  readonly version: number;
  readonly sets: ReadonlyMap<string, WantedSet>;
}

const kept: Readonly<Record<Dialect, WeakMap<Policy, KeptSets>>> = { dog1: new WeakMap(), dog2: new WeakMap() };

/** Every set that a policy makes, by full name; the same as before while the policy's version is the same. */
export function wantedByName(policy: Policy, dialect: Dialect): ReadonlyMap<string, WantedSet> {
  // Another policy with the same addresses has the same sets.
  if (policy.addressesAsIn !== undefined) return wantedByName(policy.addressesAsIn, dialect);
  const version = policy.addressesVersion ?? policy.version;
  const known = kept[dialect].get(policy);
  if (known !== undefined && known.version === version) return known.sets;
  const sets = new Map(
    wantedSets(policy, dialect).wanted.map((set) => [setName(set.base, set.kind, set.family), set] as const),
  );
  if (version !== undefined) kept[dialect].set(policy, { version, sets });
  return sets;
}

/** Whether two sets hold the same for the same reasons. */
export function sameSet(a: WantedSet, b: WantedSet): boolean {
  return (
    a.order === b.order &&
    a.unreadable === b.unreadable &&
    a.incomplete === b.incomplete &&
    a.addresses.length === b.addresses.length &&
    a.addresses.every((address, index) => address === b.addresses[index])
  );
}

function built(set: WantedSet | undefined, dialect: Dialect, lastGood: readonly string[] | undefined): BuiltSet {
  return set === undefined ? { problems: [] } : buildSet(set, dialect, lastGood);
}

/** Which sets would differ under another policy, in order of their names; only those are made. */
export function* setChanges(
  before: Policy,
  after: Policy,
  { dialect, contents }: { readonly dialect: Dialect; readonly contents: Contents },
): Generator<void, readonly SetShipment[]> {
  const old = wantedByName(before, dialect);
  yield;
  const wanted = wantedByName(after, dialect);
  yield;
  const names = new Set([...old.keys(), ...wanted.keys()]);
  const found: SetShipment[] = [];
  for (const name of [...names].sort()) {
    const [was, is] = [old.get(name), wanted.get(name)];
    if (was !== undefined && is !== undefined && sameSet(was, is)) continue;
    const lastGood = contents.get(name);
    const then = built(was, dialect, lastGood).rendered?.addresses;
    yield;
    const { rendered, problems } = built(is, dialect, lastGood);
    yield;
    const now = rendered?.addresses;
    if (then !== undefined && now !== undefined && then.join() === now.join()) continue;
    if (then === undefined && now === undefined) continue;
    found.push({ name, before: then, after: now, problems });
  }
  return found;
}
