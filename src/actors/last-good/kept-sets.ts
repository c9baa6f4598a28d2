import type { LastGood } from '../../firewall/sets/compile-sets.js';
import { sameJson } from '../../model/same-json.js';
import type { Change, Store } from '../../store/store.js';

/** One document of table `setting` a set: `PREFIX` and its full name. */
const PREFIX = 'last_good_set:';

/** Steps of one commit. */
const STEPS = 100;

/** The sets of `self`, which are always empty. */
function isEmptyBuiltIn(name: string): boolean {
  return /^self_gv[46]$/.test(name);
}

/** What the store keeps of sets that rulesets in use name: the addresses that each was published with. */
export async function loadKeptSets(store: Store): Promise<LastGood> {
  const kept = new Map<string, readonly string[]>();
  for (const { doc } of await store.list('setting')) {
    const { id, addresses } = doc;
    if (typeof id !== 'string' || !id.startsWith(PREFIX) || !Array.isArray(addresses)) continue;
    kept.set(
      id.slice(PREFIX.length),
      addresses.filter((address): address is string => typeof address === 'string'),
    );
  }
  return kept;
}

/**
 * Commits that bring what is `kept` up to date with what is published: sets in use are kept, others are let go once it
 * is `certain` that nobody uses them.
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
    const id = PREFIX + name;
    steps.push({ name, addresses, change: { op: 'upsert', table: 'setting', id, edit: () => ({ id, addresses }) } });
  }
  if (use.certain)
    for (const name of kept.keys())
      if (!use.users.has(name))
        steps.push({ name, addresses: undefined, change: { op: 'remove', table: 'setting', id: PREFIX + name } });
  const commits: { changes: Change[]; then: Map<string, readonly string[]> }[] = [];
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
