import { randomUUID } from 'node:crypto';
import type { Document, JsonObject, Table } from '../../model/document.js';
import { ownedCopy, ownedObject } from '../owned-json.js';
import { sameJson } from '../same-json.js';
import type { Change, CommitFailure, CommitResult, Refusal, Stored } from '../store.js';
import type { Image } from './image.js';
import { rowCheck } from './row-check.js';
import type { Row } from './row.js';

/** What the `state` row of the file counts; advanced by every change. */
export interface Totals {
  /** The last change's number; also the revision of the document that it wrote. */
  seq: number;
  /** The last row number given. */
  ord: number;
  rows: number;
  /** Exclusive or of all rows' sums. */
  digest: number;
}

/** One document changed: `before` absent: created; `after` absent: removed. `text` is the JSON text of `after`. */
export interface Effect {
  readonly seq: number;
  readonly table: Table;
  readonly id: string;
  readonly before?: Row;
  readonly after?: Row;
  readonly text: string;
}

type StepOutcome = { readonly stored: Stored | undefined } | { readonly failure: CommitFailure };

/**
 * Runs the steps of one commit on the image, all or none, and adds what changed to `effects`. The file is not touched:
 * the caller writes the effects, or takes them back with `undoEffects`. Revisions are change numbers, so no revision
 * of an id ever comes twice, not even after a remove.
 * @throws what an edit function throws, and TypeError for a document that JSON cannot hold; the image is then as before
 */
export function applyChanges(
  image: Image,
  totals: Totals,
  changes: readonly Change[],
  effects: Effect[],
): CommitResult {
  const mark = effects.length;
  const stored: (Stored | undefined)[] = [];
  try {
    for (const [index, change] of changes.entries()) {
      const outcome = applyStep(image, totals, change, index, effects);
      if ('failure' in outcome) {
        undoEffects(image, totals, effects, mark);
        return { ok: false, failure: outcome.failure };
      }
      stored.push(outcome.stored);
    }
  } catch (error) {
    undoEffects(image, totals, effects, mark);
    throw error;
  }
  return { ok: true, stored };
}

/** Takes back all effects from `mark` on, newest first. */
export function undoEffects(image: Image, totals: Totals, effects: Effect[], mark: number): void {
  while (effects.length > mark) {
    const effect = effects.pop();
    if (effect === undefined) break;
    const { table, id, before, after } = effect;
    image.table(table).set(id, before);
    totals.seq -= 1;
    totals.digest ^= (before?.sum ?? 0) ^ (after?.sum ?? 0);
    if (before === undefined) {
      totals.rows -= 1;
      totals.ord -= 1;
    } else if (after === undefined) totals.rows += 1;
  }
}

function applyStep(image: Image, totals: Totals, change: Change, index: number, effects: Effect[]): StepOutcome {
  const write = (id: string, before: Row | undefined, doc: Document | undefined) =>
    writeRow(image, totals, change.table, id, before, doc, effects);
  if (change.op === 'create') {
    const doc = withId(change.doc);
    for (const field of change.uniqueOn ?? []) {
      const value = Object.hasOwn(doc, field) ? doc[field] : undefined;
      const holder = value === undefined ? undefined : image.holder(change.table, field, value);
      if (holder !== undefined) return { failure: { reason: 'taken', index, field, existing: holder.stored } };
    }
    const existing = image.table(change.table).get(doc.id);
    if (existing !== undefined) return { failure: { reason: 'id_taken', index, existing: existing.stored } };
    return { stored: write(doc.id, undefined, doc) };
  }
  const row = image.table(change.table).get(change.id);
  if (change.op === 'upsert') {
    return edited(change.edit(row?.stored.doc), change.id, index, row, write);
  }
  if (row === undefined) return { failure: { reason: 'not_found', index } };
  if (change.ifRevision !== undefined && change.ifRevision !== row.stored.revision) {
    return { failure: { reason: 'stale', index, current: row.stored } };
  }
  if (change.op === 'edit') return edited(change.edit(row.stored.doc), change.id, index, row, write);
  const refusal = change.guard?.(row.stored.doc);
  if (refusal !== undefined) return { failure: { reason: 'refused', index, refused: refusal.refused } };
  return { stored: write(change.id, row, undefined) };
}

function edited(
  answer: Document | Refusal,
  id: string,
  index: number,
  row: Row | undefined,
  write: (id: string, before: Row | undefined, doc: Document) => Stored | undefined,
): StepOutcome {
  if (isRefusal(answer)) return { failure: { reason: 'refused', index, refused: answer.refused } };
  if (answer.id !== id) throw new TypeError(`an edit may not change the id ${id} to ${String(answer.id)}`);
  const doc = ownedCopy(answer);
  if (row !== undefined && sameJson(row.stored.doc, doc)) return { stored: row.stored };
  return { stored: write(id, row, doc) };
}

function isRefusal(answer: Document | Refusal): answer is Refusal {
  return !Object.hasOwn(answer, 'id');
}

function writeRow(
  image: Image,
  totals: Totals,
  table: Table,
  id: string,
  before: Row | undefined,
  doc: Document | undefined,
  effects: Effect[],
): Stored | undefined {
  const seq = totals.seq + 1;
  const ord = before?.ord ?? totals.ord + 1;
  const text = doc === undefined ? '' : JSON.stringify(doc);
  const after: Row | undefined = doc && {
    stored: Object.freeze({ doc, revision: seq }),
    ord,
    sum: rowCheck(ord, table, id, seq, text),
  };
  image.table(table).set(id, after);
  totals.seq = seq;
  totals.digest ^= (before?.sum ?? 0) ^ (after?.sum ?? 0);
  if (before === undefined) {
    totals.ord = ord;
    totals.rows += 1;
  } else if (after === undefined) totals.rows -= 1;
  effects.push({ seq, table, id, text, ...(before && { before }), ...(after && { after }) });
  return after?.stored;
}

function withId(doc: JsonObject): Document {
  const copy = ownedCopy(doc);
  if (!Object.hasOwn(copy, 'id')) return ownedObject([['id', randomUUID()], ...Object.entries(copy)]) as Document;
  if (typeof copy['id'] !== 'string' || copy['id'] === '') throw new TypeError('the id of a document must be text');
  return copy as Document;
}
