import type { JsonObject } from '../../model/document.js';
import type { Store } from '../../store/store.js';
import type { LastGood } from '../../firewall/sets/compile-sets.js';
import type { Change } from '../../store/store.js';

const SETTING = 'last_good_sets';

/**
 * The last good content of sets that are over the kernel's limit now, kept over a restart
 * (docs/decisions/0002-never-publish-what-the-kernel-refuses.md): what the world says today would empty them.
 */
export async function loadLastGoodSets(store: Store): Promise<LastGood> {
  const sets = (await store.get('setting', SETTING))?.doc.sets;
  if (sets === null || typeof sets !== 'object' || Array.isArray(sets)) return new Map();
  return new Map(
    Object.entries(sets as JsonObject).map(([name, list]) => [
      name,
      Array.isArray(list) ? list.filter((address): address is string => typeof address === 'string') : [],
    ]),
  );
}

/** A step that keeps exactly these; an equal document writes nothing. */
export function keepLastGoodSets(standIns: LastGood): Change {
  return {
    op: 'upsert',
    table: 'setting',
    id: SETTING,
    edit: () => ({ id: SETTING, sets: Object.fromEntries(standIns) }),
  };
}
