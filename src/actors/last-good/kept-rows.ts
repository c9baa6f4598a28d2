import type { Json, JsonObject } from '../../model/document.js';
import type { Change, Store } from '../../store/store.js';
import type { LastGoodFields } from '../../world/malformed-rows.js';

const SETTING = 'last_good_rows';

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The last good values of fields that are malformed in the store, from before a restart. */
export async function loadKeptRows(store: Pick<Store, 'get'>): Promise<readonly LastGoodFields[]> {
  const rows = (await store.get('setting', SETTING))?.doc.rows;
  if (!Array.isArray(rows)) return [];
  return (rows as readonly Json[]).flatMap((row) => {
    if (!isObject(row)) return [];
    const { table, id, fields } = row;
    return typeof table === 'string' && typeof id === 'string' && isObject(fields) ? [{ table, id, fields }] : [];
  });
}

/** A step that keeps exactly these; an equal document writes nothing. */
export function keepRows(rows: readonly LastGoodFields[]): Change {
  return {
    op: 'upsert',
    table: 'setting',
    id: SETTING,
    edit: () => ({ id: SETTING, rows: rows.map((row) => ({ ...row })) }),
  };
}
