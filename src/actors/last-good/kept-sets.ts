import type { LastGood } from '../../firewall/sets/compile-sets.js';
import type { Json, JsonObject } from '../../model/document.js';
import { sameJson } from '../../model/same-json.js';
import type { Change, Store } from '../../store/store.js';

/** The document of table `setting` that has all sets that stand in, by full name. */
const STAND_INS = 'last_good_sets';

/** One document of table `setting` per set in use: `IN_USE` and its full name. */
const IN_USE = 'last_good_set:';

/** Steps of one commit. */
const STEPS = 100;

/** What the store keeps of sets, by full name, so that a restart finds content that the world can no longer make. */
export interface KeptSets {
  /**
   * Sets that are published with their last good content in place of their newest, such as one over the kernel's limit
   * (docs/decisions/0002-never-publish-what-the-kernel-refuses.md). Kept before anything is sent, whether rulesets name
   * them or not: what the world says today would empty them.
   */
  readonly standIns: LastGood;
  /** What sets that last good rulesets name were published with, so that they outlive what they were made from. */
  readonly inUse: LastGood;
}

/** The sets of `self`, which are always empty. */
function isEmptyBuiltIn(name: string): boolean {
  return /^self_gv[46]$/.test(name);
}

function addressesIn(list: Json | undefined): readonly string[] {
  if (!Array.isArray(list)) return [];
  const isText = (address: Json): address is string => typeof address === 'string';
  return list.every(isText) ? list : list.filter(isText);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Everything that is kept of sets. */
export async function loadKeptSets(store: Pick<Store, 'list'>): Promise<KeptSets> {
  const standIns = new Map<string, readonly string[]>();
  const inUse = new Map<string, readonly string[]>();
  for (const { doc } of await store.list('setting')) {
    const { id, addresses, sets } = doc;
    if (typeof id !== 'string') continue;
    if (id === STAND_INS && isObject(sets))
      for (const [name, list] of Object.entries(sets)) standIns.set(name, addressesIn(list));
    else if (id.startsWith(IN_USE) && Array.isArray(addresses))
      inUse.set(id.slice(IN_USE.length), addressesIn(addresses));
  }
  return { standIns, inUse };
}

/** A step after which exactly these stand in; an equal document writes nothing. */
export function keepStandIns(standIns: LastGood): Change {
  return {
    op: 'upsert',
    table: 'setting',
    id: STAND_INS,
    edit: () => ({ id: STAND_INS, sets: Object.fromEntries(standIns) }),
  };
}

/**
 * What is `kept`, with the published list itself wherever the one that is kept is equal to it: then nobody compares the
 * two once more. `kept` itself where all are so already.
 */
export function sharingPublished(kept: LastGood, published: LastGood): LastGood {
  const shared = new Map<string, readonly string[]>();
  for (const [name, addresses] of kept) {
    const list = published.get(name);
    if (list !== undefined && list !== addresses && sameJson(list, addresses)) shared.set(name, list);
  }
  return shared.size === 0 ? kept : new Map([...kept, ...shared]);
}

/**
 * Commits that bring what is `kept` of sets in use up to date with what is published: sets in use are kept, others are
 * let go once it is `certain` that nobody uses them.
 */
export function keepingCommits(
  kept: LastGood,
  published: LastGood,
  use: { readonly users: ReadonlyMap<string, unknown>; readonly certain: boolean },
): readonly { readonly changes: readonly Change[]; readonly then: LastGood }[] {
  const steps: { readonly change: Change; readonly name: string; readonly addresses: readonly string[] | undefined }[] =
    [];
  for (const name of use.users.keys()) {
    const addresses = published.get(name);
    const before = kept.get(name);
    if (addresses === undefined || isEmptyBuiltIn(name) || addresses === before) continue;
    if (before !== undefined && sameJson(addresses, before)) continue;
    const id = IN_USE + name;
    steps.push({ name, addresses, change: { op: 'upsert', table: 'setting', id, edit: () => ({ id, addresses }) } });
  }
  if (use.certain)
    for (const name of kept.keys())
      if (!use.users.has(name))
        steps.push({ name, addresses: undefined, change: { op: 'remove', table: 'setting', id: IN_USE + name } });
  const commits: { changes: Change[]; then: Map<string, readonly string[]> }[] = [];
  if (steps.length === 0) return commits;
  const after = new Map(kept);
  for (let at = 0; at < steps.length; at += STEPS) {
    const some = steps.slice(at, at + STEPS);
    for (const { name, addresses } of some)
      if (addresses === undefined) after.delete(name);
      else after.set(name, addresses);
    commits.push({ changes: some.map(({ change }) => change), then: new Map(after) });
  }
  return commits;
}
