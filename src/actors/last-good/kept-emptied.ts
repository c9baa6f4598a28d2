import type { Json, JsonObject } from '../../model/document.js';
import type { Change, Store } from '../../store/store.js';

const SETTING = 'policy_emptied';

/** What the store keeps of edits that took everything away, so that people are still told after a restart. */
export interface KeptEmptied {
  /** Groups that an edit left without rules, by id: since when, in epoch seconds. */
  readonly rulesets: ReadonlyMap<string, number>;
  /** Sets in use that an edit left without addresses, by full name: since when, in epoch seconds. */
  readonly sets: ReadonlyMap<string, number>;
  /** All groups without rules, by id, those that never had one too: of others an edit may take all away. */
  readonly bare: ReadonlySet<string>;
}

function times(value: Json | undefined): ReadonlyMap<string, number> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map();
  return new Map(
    Object.entries(value).flatMap(([key, since]) => (typeof since === 'number' ? [[key, since] as const] : [])),
  );
}

/** What was kept; `undefined`: nothing ever was. */
export async function loadKeptEmptied(store: Pick<Store, 'get'>): Promise<KeptEmptied | undefined> {
  const doc = (await store.get('setting', SETTING))?.doc;
  if (doc === undefined) return undefined;
  const { bare } = doc;
  const ids = Array.isArray(bare) ? bare.filter((id): id is string => typeof id === 'string') : [];
  return { rulesets: times(doc.rulesets), sets: times(doc.sets), bare: new Set(ids) };
}

/** The document of table `setting` that keeps exactly this. */
export function emptiedDocument({ rulesets, sets, bare }: KeptEmptied): JsonObject & { readonly id: string } {
  return {
    id: SETTING,
    rulesets: Object.fromEntries(rulesets),
    sets: Object.fromEntries(sets),
    bare: [...bare].sort(),
  };
}

/** A step that keeps this document; an equal one writes nothing. */
export function keepEmptied(doc: JsonObject & { readonly id: string }): Change {
  return { op: 'upsert', table: 'setting', id: doc.id, edit: () => doc };
}
