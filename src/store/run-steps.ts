import { randomUUID } from 'node:crypto';
import type { Document, Json, JsonObject, Table } from '../model/document.js';
import { ownedCopy, ownedWithId } from './owned-json.js';
import { sameJson } from '../model/same-json.js';
import type { Change, CommitFailure, CommitResult, Refusal, Stored } from './store.js';

/** What the steps of a commit look at and write to. Each write is seen by the steps after it. */
export interface StepView {
  get(table: Table, id: string): Stored | undefined;
  /** A document of the table whose top-level `field` equals `value`; the oldest, where the store knows. */
  holder(table: Table, field: string, value: Json): Stored | undefined;
  /** Puts `doc` in the place of `before`; `undefined` removes it. Gives the document with its new revision. */
  write(table: Table, id: string, before: Stored | undefined, doc: Document | undefined): Stored | undefined;
}

/**
 * Runs the steps of one commit in order, until one is refused. What steps before that wrote to the view is the
 * caller's to take back. One implementation for all stores, so that they cannot differ in what they refuse.
 * @throws what an edit function throws, and TypeError for a document that JSON cannot hold or an edit of the id
 */
export function runSteps(view: StepView, changes: readonly Change[]): CommitResult {
  const stored: (Stored | undefined)[] = [];
  for (const [index, change] of changes.entries()) {
    const outcome = runStep(view, change, index);
    if ('failure' in outcome) return { ok: false, failure: outcome.failure };
    stored.push(outcome.stored);
  }
  return { ok: true, stored };
}

type StepOutcome = { readonly stored: Stored | undefined } | { readonly failure: CommitFailure };

function runStep(view: StepView, change: Change, index: number): StepOutcome {
  const { table } = change;
  if (change.op === 'create') {
    const doc = withId(change.doc);
    for (const field of change.uniqueOn ?? []) {
      const value = Object.hasOwn(doc, field) ? doc[field] : undefined;
      const existing = value === undefined ? undefined : view.holder(table, field, value);
      if (existing !== undefined) return { failure: { reason: 'taken', index, field, existing } };
    }
    const existing = view.get(table, doc.id);
    if (existing !== undefined) return { failure: { reason: 'id_taken', index, existing } };
    return { stored: view.write(table, doc.id, undefined, doc) };
  }
  const { id } = change;
  const current = view.get(table, id);
  if (change.op === 'upsert') return edited(view, table, id, index, current, change.edit(current?.doc));
  if (current === undefined) return { failure: { reason: 'not_found', index } };
  if (change.ifRevision !== undefined && change.ifRevision !== current.revision) {
    return { failure: { reason: 'stale', index, current } };
  }
  if (change.op === 'edit') return edited(view, table, id, index, current, change.edit(current.doc));
  const refusal = change.guard?.(current.doc);
  if (refusal !== undefined) return { failure: { reason: 'refused', index, refused: refusal.refused } };
  return { stored: view.write(table, id, current, undefined) };
}

function edited(
  view: StepView,
  table: Table,
  id: string,
  index: number,
  current: Stored | undefined,
  answer: Document | Refusal,
): StepOutcome {
  if (isRefusal(answer)) return { failure: { reason: 'refused', index, refused: answer.refused } };
  if (answer.id !== id) throw new TypeError(`an edit may not change the id ${id} to ${String(answer.id)}`);
  if (answer === current?.doc) return { stored: current };
  const doc = ownedCopy(answer);
  if (current !== undefined && sameJson(current.doc, doc)) return { stored: current };
  return { stored: view.write(table, id, current, doc) };
}

function isRefusal(answer: Document | Refusal): answer is Refusal {
  return !Object.hasOwn(answer, 'id');
}

function withId(doc: JsonObject): Document {
  const copy = ownedCopy(doc);
  if (!Object.hasOwn(copy, 'id')) return ownedWithId(copy, randomUUID());
  if (typeof copy['id'] !== 'string' || copy['id'] === '') throw new TypeError('the id of a document must be a string');
  return copy as Document;
}
