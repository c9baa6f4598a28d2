import { createHash, randomUUID } from 'node:crypto';
import type { Document, Json, Table } from '../../model/document.js';
import { redact } from '../redact.js';
import { runSteps } from '../run-steps.js';
import { sameJson } from '../../model/same-json.js';
import type { Change, CommitResult, Stored } from '../store.js';
import type { RawRow } from './stored-form.js';
import { rowOf, visible } from './stored-form.js';

/** A value that a create wants to have for itself. */
export interface UniqueValue {
  readonly table: Table;
  readonly field: string;
  readonly value: Json;
}

/** What the steps of a commit look at. */
export interface Footprint {
  readonly ids: ReadonlyMap<Table, ReadonlySet<string>>;
  readonly unique: readonly UniqueValue[];
}

/** Rows as they were read, null where there was none, and who holds the unique values. */
export interface Ground {
  readonly rows: ReadonlyMap<string, RawRow | null>;
  readonly holders: ReadonlyMap<string, readonly RawRow[]>;
}

/** One row to be changed: it must still be `before`; null is no row. */
export interface RowWrite {
  readonly table: string;
  readonly id: string;
  readonly before: RawRow | null;
  readonly after: RawRow | null;
}

/** An audit entry before it has its number and time. */
export interface AuditDraft {
  readonly table: Table;
  readonly id: string;
  readonly before: Json;
  readonly after: Json;
}

/** What a commit comes to on the ground that was read. */
export interface CommitPlan {
  readonly result: CommitResult;
  readonly writes: readonly RowWrite[];
  readonly audit: readonly AuditDraft[];
}

/** Gives creates without an id one, so that every try of the commit means the same documents. */
export function withIds(changes: readonly Change[]): readonly Change[] {
  return changes.map((change) =>
    change.op === 'create' && change.doc['id'] === undefined
      ? { ...change, doc: { ...change.doc, id: randomUUID() } }
      : change,
  );
}

/** What must be read before the steps can run. */
export function footprint(changes: readonly Change[]): Footprint {
  const ids = new Map<Table, Set<string>>();
  const unique: UniqueValue[] = [];
  for (const change of changes) {
    const id = change.op === 'create' ? change.doc['id'] : change.id;
    if (typeof id === 'string') ids.set(change.table, (ids.get(change.table) ?? new Set()).add(id));
    if (change.op !== 'create') continue;
    for (const field of change.uniqueOn ?? []) {
      const value = Object.hasOwn(change.doc, field) ? change.doc[field] : undefined;
      if (value !== undefined) unique.push({ table: change.table, field, value });
    }
  }
  return { ids, unique };
}

export function rowKey(table: string, id: string): string {
  return `${table}\0${id}`;
}

/** Names a unique value; also the id of its lock. */
export function uniqueKey({ table, field, value }: UniqueValue): string {
  const hash = createHash('sha256').update(JSON.stringify(value)).digest('base64url');
  return `${table}.${field}.${hash}`;
}

/** Runs the steps on what was read. Pure but for the edits, which are the caller's. `now` is epoch milliseconds. */
export function planCommit(changes: readonly Change[], ground: Ground, now: number): CommitPlan {
  const overlay = new Map<string, { table: Table; id: string; stored: Stored | undefined; revision: number }>();
  const audit: AuditDraft[] = [];
  const get = (table: Table, id: string) => {
    const key = rowKey(table, id);
    const over = overlay.get(key);
    return over === undefined ? visible(ground.rows.get(key)) : over.stored;
  };
  const result = runSteps(
    {
      get,
      holder(table, field, value) {
        const has = (stored: Stored | undefined) => {
          const held = stored !== undefined && Object.hasOwn(stored.doc, field) ? stored.doc[field] : undefined;
          return held !== undefined && sameJson(held, value);
        };
        const rows = ground.holders.get(uniqueKey({ table, field, value })) ?? [];
        const kept = rows.filter(({ id }) => !overlay.has(rowKey(table, id))).map(visible);
        const mine = [...overlay.values()].filter((over) => over.table === table).map(({ stored }) => stored);
        return [...kept, ...mine].find(has);
      },
      write(table, id, before, doc) {
        const known = Math.max(before?.revision ?? 0, overlay.get(rowKey(table, id))?.revision ?? 0);
        // By the clock, so that a document removed and made again never has a revision that was there before.
        const revision = Math.max(known + 1, now);
        const stored = doc && Object.freeze({ doc, revision });
        overlay.set(rowKey(table, id), { table, id, stored, revision });
        audit.push({ table, id, before: shown(table, before?.doc), after: shown(table, doc) });
        return stored;
      },
    },
    changes,
  );
  if (!result.ok) return { result, writes: [], audit: [] };
  const writes = [...overlay.values()].flatMap(({ table, id, stored }): RowWrite[] => {
    const before = ground.rows.get(rowKey(table, id)) ?? null;
    const after = stored === undefined ? null : rowOf(stored);
    return before === null && after === null ? [] : [{ table, id, before, after }];
  });
  return { result, writes, audit };
}

function shown(table: Table, doc: Document | undefined): Json {
  return doc === undefined ? null : redact(table, doc);
}
