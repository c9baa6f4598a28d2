import type { Document, Json, JsonObject } from '../../model/document.js';
import { STORE_FIELD } from '../../model/store-field.js';
import { own, ownedObject } from '../owned-json.js';
import type { Stored } from '../store.js';

/**
 * The one field that this server adds to a document in RethinkDB, and never shows:
 * - `revision`: grows with every change; a document that only others wrote has none, which counts as 0.
 * - `lock`: id of the commit under way that is about to change the document (see Transaction).
 * - `absent`: the row is only a lock on an id that no document has yet.
 */
export const HIDDEN = STORE_FIELD;

/** A row as it is in the table. */
export type RawRow = JsonObject & { readonly id: string };

interface Hidden {
  readonly revision?: number;
  readonly lock?: string;
  readonly absent?: boolean;
}

function hiddenOf(row: RawRow): Hidden {
  const hidden = row[HIDDEN];
  return typeof hidden === 'object' && hidden !== null && !Array.isArray(hidden) ? (hidden as Hidden) : {};
}

/** The document in a row, frozen; undefined where there is none. */
export function visible(row: RawRow | null | undefined): Stored | undefined {
  if (row === null || row === undefined) return undefined;
  const { absent, revision = 0 } = hiddenOf(row);
  if (absent === true) return undefined;
  own(row);
  const doc = Object.hasOwn(row, HIDDEN) ? ownedObject(Object.entries(row).filter(([key]) => key !== HIDDEN)) : row;
  return Object.freeze({ doc: doc as Document, revision });
}

/** The commit that holds a lock on the row. */
export function lockOf(row: RawRow | null | undefined): string | undefined {
  return row === null || row === undefined ? undefined : hiddenOf(row).lock;
}

/**
 * The row that holds a document.
 * @throws TypeError when the document has the hidden field itself, or an id that RethinkDB cannot hold
 */
export function rowOf({ doc, revision }: Stored): RawRow {
  if (Object.hasOwn(doc, HIDDEN)) throw new TypeError(`documents may not have a field named ${HIDDEN}`);
  if (!isKey(doc.id)) throw new TypeError('an id in RethinkDB has at most 127 bytes and no zero byte');
  return { ...doc, [HIDDEN]: { revision } };
}

/** Whether RethinkDB can hold a row with this primary key. */
export function isKey(id: string): boolean {
  return Buffer.byteLength(id) <= 127 && !id.includes('\0');
}

/**
 * A row or a list of them as JSON text for `r.json`, which is faster and safer than terms built from parts.
 * @throws TypeError for a key `__proto__`: the driver would lose it when it reads the row back
 */
export function text(value: Json | readonly Json[]): string {
  const json = JSON.stringify(value);
  if (json.includes('"__proto__":')) throw new TypeError('a key in RethinkDB may not be __proto__');
  return json;
}
