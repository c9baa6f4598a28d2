import { isPolicyPart, malformedFields, sameCheckedFields } from '../firewall/policy/malformed-fields.js';
import type { Document, Json, JsonObject } from '../model/document.js';
import { textOf } from '../model/text-of.js';

/** A stored row that is not as it should be, field by field. */
export interface MalformedRow {
  readonly table: string;
  readonly id: string;
  /** Empty where it has none in text. */
  readonly name: string;
  readonly fields: readonly {
    readonly field: string;
    readonly reason: string;
    /** Its last good value stands in for it; else there is none, and the row is taken as it stands. */
    readonly standsIn: boolean;
  }[];
}

/** The last good values of malformed fields of one row: what a restart must find again. */
export interface LastGoodFields {
  readonly table: string;
  readonly id: string;
  readonly fields: JsonObject;
}

function keyOf(table: string, id: unknown): string {
  return `${table} ${JSON.stringify(id)}`;
}

/**
 * Rows that are malformed in the store, and what stands in for their fields: the values that the same row had when they
 * were last well formed. So a row that somebody broke holds everybody who rests on it where they were, and every other
 * field of it goes on counting.
 */
export class MalformedRows {
  readonly #rows = new Map<string, { readonly row: MalformedRow; readonly kept: LastGoodFields }>();
  /** From before a restart, until the row is seen for the first time. */
  readonly #remembered = new Map<string, JsonObject>();
  #version = 0;

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  list(): readonly MalformedRow[] {
    return [...this.#rows.values()].map(({ row }) => row);
  }

  /** What has to survive a restart. */
  kept(): readonly LastGoodFields[] {
    return [...this.#rows.values()].map(({ kept }) => kept).filter(({ fields }) => Object.keys(fields).length > 0);
  }

  remember(rows: Iterable<LastGoodFields>): void {
    for (const { table, id, fields } of rows) this.#remembered.set(keyOf(table, id), fields);
  }

  /**
   * The row as it counts: with the last good values in place of malformed ones. `before` is how it counted until now.
   * `undefined`: nothing could refer to it, as its id is not a string.
   */
  mend(table: string, row: Document, before: Document | undefined): Document | undefined {
    const key = keyOf(table, row.id);
    if (typeof row.id !== 'string') {
      const reason = `holds ${JSON.stringify(row.id)}: must be text, so that others can name it; the row is left out`;
      this.#note(key, { table, id: JSON.stringify(row.id), fields: {} }, row, [
        { field: 'id', reason, standsIn: false },
      ]);
      return undefined;
    }
    if (!isPolicyPart(table)) return row;
    // Most changes are reports of hosts, which change none of these fields.
    if (before !== undefined && !this.#rows.has(key) && sameCheckedFields(table, before, row)) return row;
    const malformed = malformedFields(table, row);
    if (malformed.length === 0) {
      this.forget(table, row.id);
      return row;
    }
    const source: JsonObject | undefined = before ?? this.#remembered.get(key);
    this.#remembered.delete(key);
    const still = source === undefined ? undefined : malformedFields(table, { ...row, ...source, id: row.id });
    const kept: Record<string, Json> = {};
    for (const { field } of malformed) {
      const value = source?.[field];
      if (value !== undefined && still?.some((one) => one.field === field) === false) kept[field] = value;
    }
    this.#note(
      key,
      { table, id: row.id, fields: kept },
      { ...row, ...kept },
      malformed.map((one) => ({ ...one, standsIn: Object.hasOwn(kept, one.field) })),
    );
    return { ...row, ...kept, id: row.id };
  }

  /** The row is gone, or is as it should be again. */
  forget(table: string, id: unknown): void {
    const key = keyOf(table, id);
    this.#remembered.delete(key);
    if (this.#rows.delete(key)) this.#version += 1;
  }

  /** The table is seen whole again: rows without an id in text, which no removal could name, are to show themselves. */
  forgetUnnamed(table: string): void {
    for (const [key, { row }] of this.#rows)
      if (row.table === table && row.fields.some(({ field }) => field === 'id')) {
        this.#rows.delete(key);
        this.#version += 1;
      }
  }

  #note(key: string, kept: LastGoodFields, row: JsonObject, fields: MalformedRow['fields']): void {
    this.#rows.set(key, { row: { table: kept.table, id: kept.id, name: textOf(row.name), fields }, kept });
    this.#version += 1;
  }
}
