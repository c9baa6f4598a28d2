import { createHash } from 'node:crypto';
import type { Document, Json, JsonObject, Table } from '../model/document.js';
import type { DraftRow } from '../store/draft-store.js';
import type { Ships } from './ships.js';

/** A document as a plan leaves it. */
export interface PlannedRow extends JsonObject {
  readonly table: Table;
  readonly id: string;
  /** Digest of the document that the plan was made on; null: there was none. */
  readonly before: string | null;
  /** Null: it is removed. */
  readonly after: Document | null;
}

/** A plan that may be applied: what it stores, and what would ship then. Times are epoch seconds. */
export interface PlanRecord extends JsonObject {
  readonly id: string;
  readonly made_at: number;
  readonly expires_at: number;
  readonly author: string;
  readonly reason: string | null;
  /** The writes as they were sent: whether they would still be taken is looked at again. Empty: a whole policy. */
  readonly writes: readonly JsonObject[];
  readonly rows: readonly PlannedRow[];
  readonly ships: Ships;
  /** True: the rows were checked as writes of them would be, and are to be checked again. Absent: they are not. */
  readonly checked?: true;
}

function sorted(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
  const entries = Object.entries(value as JsonObject).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

function sha256(value: Json): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex');
}

/** The digest of a document, whatever the order of its keys; null: there is none. */
export function digestOf(doc: Document | undefined): string | null {
  return doc === undefined ? null : sha256(doc);
}

/** The rows of a draft as a plan keeps them. */
export function plannedRows(rows: readonly DraftRow[]): readonly PlannedRow[] {
  return rows.map(({ table, id, before, after }) => ({
    table,
    id,
    before: digestOf(before?.doc),
    after: after ?? null,
  }));
}

/**
 * SHA-256 over all that would be stored and shipped, but for the moment at which new documents were `created`: the same
 * plan has the same id a minute later.
 */
export function planId(rows: readonly PlannedRow[], ships: Ships): string {
  const timeless = rows.map(({ before, after, ...row }) => {
    if (before !== null || after === null) return { ...row, before, after };
    const { created: _, ...rest } = after;
    return { ...row, before, after: rest };
  });
  return sha256({ rows: timeless, ships });
}
